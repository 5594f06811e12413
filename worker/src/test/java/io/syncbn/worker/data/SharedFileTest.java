package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails is told from a file that is damaged: the one is the machine's fault, the other the data's. */
class SharedFileTest {
    @TempDir
    Path directory;

    private Path zip;

    @BeforeEach
    void makeZip() {
        zip = TestFiles.zip(directory.resolve("data.zip"), Map.of("train/a/1.png", new byte[100]));
    }

    /** A file on a disk that fails for good at some moment. */
    private static final class FailingFile extends RandomAccessFile {
        private boolean fails;

        FailingFile(Path path) throws IOException {
            super(path.toFile(), "r");
        }

        @Override
        public int read(byte[] block) throws IOException {
            if (fails) {
                throw new IOException("Input/output error");
            }
            return super.read(block);
        }
    }

    @Test
    void aZipOnADiskThatFailsIsNotDamaged() throws IOException {
        FailingFile file = new FailingFile(zip);
        try (ZipTree tree = new ZipTree(zip, new SharedFile(file))) {
            FileTree.Entry entry = tree.entries().get(0);
            assertThat(tree.read(entry)).hasSize(100);
            file.fails = true;
            DataException fault = catchThrowableOfType(DataException.class, () -> tree.read(entry));
            assertThat(fault).hasMessage(zip + ": train/a/1.png: cannot be read: Input/output error");
            assertThat(fault.isOfThisMachine()).isTrue();
        }
    }

    @Test
    void norIsOneThatCannotEvenBeOpened() throws IOException {
        FailingFile file = new FailingFile(zip);
        file.fails = true;
        DataException fault = catchThrowableOfType(DataException.class, () -> new ZipTree(zip, new SharedFile(file)));
        assertThat(fault).hasMessage(zip + ": cannot be read: Input/output error");
        assertThat(fault.isOfThisMachine()).isTrue();
    }

    @Test
    void anOffsetThatNoFileHasIsDamage() throws IOException {
        try (SharedFile file = new SharedFile(zip)) {
            assertThatThrownBy(() -> file.position(-1))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SharedFile.ReadException.class);
        }
    }

    /** What has a size, and cannot be opened as a file. */
    @Test
    void rowsThatCannotBeOpenedAreTheMachinesFault() {
        DataException fault = catchThrowableOfType(DataException.class, () -> new RowFile(directory, 0, 1));
        assertThat(fault).hasMessageStartingWith(directory + ": cannot be read: ");
        assertThat(fault.isOfThisMachine()).isTrue();
    }
}
