package io.syncbn.worker.kernels;

/** Our own kernels: the same bits on every processor. */
final class PortableKernels implements LinearKernels {
    private static final Tiles TILES = ChannelKernels.hasVectors() ? WarmingTiles.OF_THIS_JVM : new PlainTiles();

    private final PortableScratch scratch = new PortableScratch();
    private final IntraOpThreads threads;

    PortableKernels(int threads) {
        this.threads = new IntraOpThreads(threads);
    }

    @Override
    public String library() {
        return "portable kernels 1";
    }

    @Override
    public String instructionSet() {
        return "every processor";
    }

    @Override
    public LinearOperation convolution(ConvolutionGeometry geometry, int maxExamples) {
        return new PortableConvolution(geometry, maxExamples, scratch, TILES, threads);
    }

    @Override
    public LinearOperation matrixProduct(int inputs, int outputs, int maxExamples) {
        return new PortableConvolution(
                new ConvolutionGeometry(1, 1, inputs, outputs, 1, 1, 0), maxExamples, scratch, TILES, threads);
    }

    @Override
    public void close() {
        threads.close();
    }
}
