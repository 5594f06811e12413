package io.syncbn.worker.data;

import java.util.Optional;

/** A folder of pictures, or a zip of one: the format whose pictures may have any size. */
final class ImageFolderFormat implements DataFormat {
    @Override
    public Dataset open(String path) {
        return ImageFolderData.open(DataPaths.existing(path), 0);
    }

    @Override
    public Optional<Dataset> openScaled(String path, int imageSize) {
        return Optional.of(ImageFolderData.open(DataPaths.existing(path), imageSize));
    }
}
