package io.syncbn.worker.kernels;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * oneDNN, which compiles kernels for this very processor while it runs. Operations ("primitives") are made once for each
 * layer and number of examples, and bound to their memory once; a call then allocates nothing.
 *
 * <p>All of it belongs to one shard: operations that shared their working memory ("scratchpad") with another thread's
 * would spoil each other's results.
 */
final class OneDnn implements LinearKernels {
    static {
        // Otherwise JavaCPP compares the memory of the whole process with a limit of its own at every allocation.
        System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
    }

    /**
     * One per process, because oneDNN's own cache of operations refers to it for longer than any shard lives. Made at
     * first use, so that oneDNN can be limited before.
     */
    private static final class Engine {
        static final engine CPU = new engine(org.bytedeco.dnnl.engine.kind.cpu, 0);
    }

    private static final Map<Integer, String> INSTRUCTION_SETS = Map.of(
            dnnl.dnnl_cpu_isa_sse41, "SSE4.1",
            dnnl.dnnl_cpu_isa_avx, "AVX",
            dnnl.dnnl_cpu_isa_avx2, "AVX2",
            dnnl.dnnl_cpu_isa_avx2_vnni, "AVX2 with VNNI",
            dnnl.dnnl_cpu_isa_avx512_core, "AVX-512",
            dnnl.dnnl_cpu_isa_avx512_core_vnni, "AVX-512 with VNNI",
            dnnl.dnnl_cpu_isa_avx512_core_bf16, "AVX-512 with BF16",
            dnnl.dnnl_cpu_isa_avx512_core_amx, "AVX-512 with AMX");

    /** oneDNN's objects of this shard; released by {@link #close}, not by the garbage collector. */
    private final Deque<Pointer> made = new ArrayDeque<>();

    private final stream stream = own(new stream(Engine.CPU));
    private final primitive_attr ownScratchpad = own(new primitive_attr());
    private final NativeScratch scratch = new NativeScratch();
    private final List<NativeFloats> owned = new ArrayList<>();
    private NativeFloats scratchpad;

    /** @throws KernelsException if there is no build for this platform */
    OneDnn() {
        requirePlatform();
        ownScratchpad.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    }

    /**
     * Must come before any other call of oneDNN, which fixes its instruction set at its first use.
     *
     * @throws KernelsException if it has been used, or the processor has no AVX2
     */
    static void limitToAvx2() {
        requirePlatform();
        dnnl.dnnl_set_max_cpu_isa(dnnl.dnnl_cpu_isa_avx2);
        int effective = dnnl.dnnl_get_effective_cpu_isa();
        if (effective != dnnl.dnnl_cpu_isa_avx2) {
            throw new KernelsException(
                    (effective & dnnl.dnnl_cpu_isa_avx2) == dnnl.dnnl_cpu_isa_avx2
                            ? "--isa avx2: this process has used oneDNN for " + nameOf(effective) + " already"
                            : "--isa avx2 needs a processor with AVX2, but this one has " + nameOf(effective));
        }
    }

    private static void requirePlatform() {
        String platform = Loader.getPlatform();
        String library = "/org/bytedeco/dnnl/" + platform + "/" + System.mapLibraryName("jnidnnl");
        if (OneDnn.class.getResource(library) == null) {
            throw new KernelsException("--kernels onednn: there is no oneDNN for " + platform
                    + " on the class path; --kernels portable computes on every processor");
        }
    }

    @Override
    public String library() {
        try (dnnl_version_t version = dnnl.dnnl_version()) {
            return "oneDNN " + version.major() + "." + version.minor() + "." + version.patch();
        }
    }

    @Override
    public String instructionSet() {
        return nameOf(dnnl.dnnl_get_effective_cpu_isa());
    }

    private static String nameOf(int instructionSet) {
        return INSTRUCTION_SETS.getOrDefault(instructionSet, "instruction set " + instructionSet);
    }

    @Override
    public LinearOperation convolution(ConvolutionGeometry geometry, int maxExamples) {
        return new OneDnnConvolution(geometry, maxExamples, this);
    }

    @Override
    public LinearOperation matrixProduct(int inputs, int outputs, int maxExamples) {
        return new MatrixProduct(inputs, outputs, maxExamples, scratch, OneDnn::multiply);
    }

    private static void multiply(
            boolean transposedA,
            boolean transposedB,
            int rows,
            int columns,
            int depth,
            FloatPointer a,
            FloatPointer b,
            FloatPointer c) {
        byte formOfA = (byte) (transposedA ? 'T' : 'N');
        byte formOfB = (byte) (transposedB ? 'T' : 'N');
        int rowOfA = transposedA ? rows : depth;
        int rowOfB = transposedB ? depth : columns;
        int status = dnnl.dnnl_sgemm(formOfA, formOfB, rows, columns, depth, 1, a, rowOfA, b, rowOfB, 0, c, columns);
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN's matrix product failed with status " + status);
        }
    }

    engine engine() {
        return Engine.CPU;
    }

    NativeScratch scratch() {
        return scratch;
    }

    /** Attributes of all operations: this class provides their scratchpad. */
    primitive_attr attributes() {
        return ownScratchpad;
    }

    /** Takes over an object of oneDNN's, to be released by {@link #close}. */
    <P extends Pointer> P own(P object) {
        made.push(object);
        return object;
    }

    /** Memory of a layer, freed with the rest. */
    NativeFloats allocate(int length) {
        NativeFloats floats = new NativeFloats(length);
        owned.add(floats);
        return floats;
    }

    /** An operation with its arguments. */
    final class Call {
        private final primitive operation;
        private final IntMemoryMap arguments = own(new IntMemoryMap());

        Call(primitive operation, primitive_desc_base description) {
            this.operation = operation;
            memory.desc working = own(description.scratchpad_desc());
            if (working.get_size() > 0) {
                with(
                        DNNL_ARG_SCRATCHPAD,
                        own(new memory(
                                working,
                                Engine.CPU,
                                scratchpad(working.get_size()).pointer())));
            }
        }

        Call(primitive operation) {
            this.operation = operation;
        }

        Call with(int role, memory argument) {
            arguments.put(role, argument);
            return this;
        }

        void run() {
            operation.execute(stream, arguments);
        }
    }

    /**
     * Operations run one after another and share the largest scratchpad; those bound to a smaller one before keep it.
     */
    private NativeFloats scratchpad(long bytes) {
        int floats = Math.toIntExact((bytes + Float.BYTES - 1) / Float.BYTES);
        if (scratchpad == null || scratchpad.length() < floats) {
            scratchpad = allocate(floats);
        }
        return scratchpad;
    }

    @Override
    public void close() {
        made.forEach(Pointer::close);
        made.clear();
        owned.forEach(NativeFloats::close);
        owned.clear();
        scratch.close();
    }
}
