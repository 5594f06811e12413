package io.syncbn.worker.data;

import io.syncbn.worker.data.FileTree.Entry;
import io.syncbn.worker.nn.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Pictures in folders named after their classes, in a directory or a zip: {@code train/CLASS/*}, and {@code test/CLASS/*}
 * or {@code val/CLASS/*}, perhaps all in one folder. Classes are the names of train's folders in alphabetical order; rows are ordered by class, then
 * by name. All pictures have the size of the first, unless they are scaled.
 *
 * <p>The digest covers every file's path and size, in a zip also its checksum, and the decoded pixels of the first
 * picture of every class: workers whose Java decodes JPEG to other bits must not train together. A directory's files
 * are otherwise not read, so a picture edited in place without a change of its size goes unnoticed.
 */
final class ImageFolderData {
    private ImageFolderData() {}

    static Dataset open(Path path, int imageSize) {
        FileTree files = Files.isDirectory(path) ? DirectoryTree.of(path) : new ZipTree(path);
        boolean opened = false;
        try {
            Dataset dataset = open(path, files, imageSize);
            opened = true;
            return dataset;
        } finally {
            if (!opened) {
                OpenDataset.close(files);
            }
        }
    }

    private static Dataset open(Path path, FileTree files, int imageSize) {
        ImageFolderIndex index = ImageFolderIndex.of(path.toString(), files.entries());
        Entry first = index.train().files().get(0);
        PictureMemory memory = PictureMemory.ofHeap();
        Shape shape;
        if (imageSize > 0) {
            shape = new Shape(imageSize, imageSize, Picture.CHANNELS);
        } else {
            shape = PictureDecoder.decode(
                    files.describe(first),
                    files.read(first),
                    memory,
                    picture -> new Shape(picture.height(), picture.width(), Picture.CHANNELS));
        }
        Pictures train = new Pictures(files, index.train(), shape, imageSize > 0, memory);
        Pictures test = new Pictures(files, index.test(), shape, imageSize > 0, memory);
        return new OpenDataset(shape, index.classes(), train, test, digest(index, train), files);
    }

    private static String digest(ImageFolderIndex index, Pictures train) {
        ContentDigest digest = new ContentDigest("imagefolder");
        index.classes().forEach(digest::text);
        for (ImageFolderIndex.Part part : List.of(index.train(), index.test())) {
            digest.number(part.files().size());
            for (int row = 0; row < part.files().size(); row++) {
                Entry file = part.files().get(row);
                String name = FileNames.normal(file.path().substring(file.path().lastIndexOf('/') + 1));
                digest.number(part.labels()[row]).text(name).number(file.size()).number(file.crc32());
            }
        }
        byte[] pixels = new byte[train.shape().size()];
        for (int row = 0; row < train.size(); row++) {
            if (row == 0 || train.label(row) != train.label(row - 1)) {
                train.readBytes(row, pixels, 0);
                digest.bytes(pixels, 0, pixels.length);
            }
        }
        return digest.hex();
    }

    private record Pictures(
            FileTree tree, ImageFolderIndex.Part part, Shape shape, boolean scaled, PictureMemory memory)
            implements ByteSplit {

        @Override
        public int size() {
            return part.files().size();
        }

        @Override
        public int label(int row) {
            return part.labels()[row];
        }

        @Override
        public void readBytes(int row, byte[] destination, int offset) {
            Entry file = part.files().get(row);
            byte[] rgb = PictureDecoder.decode(
                    tree.describe(file), tree.read(file), memory, picture -> fitting(file, picture)
                            .rgb());
            System.arraycopy(rgb, 0, destination, offset, shape.size());
        }

        private Picture fitting(Entry file, Picture picture) {
            Picture fitting = scaled ? picture.scaledTo(shape.height(), shape.width()) : picture;
            if (fitting.height() != shape.height() || fitting.width() != shape.width()) {
                throw new DataException(String.format(
                        Locale.ROOT,
                        "%s: is %d x %d pixels (height x width), expected %d x %d as the first picture; "
                                + "--image-size N scales all of them to N x N",
                        tree.describe(file),
                        fitting.height(),
                        fitting.width(),
                        shape.height(),
                        shape.width()));
            }
            return fitting;
        }
    }
}
