package io.syncbn.deploy.launch;

/** Shows nothing. */
final class NoDisplay implements Progress.Display {

    @Override
    public void step(Status status) {}

    @Override
    public void line(String text) {}

    @Override
    public void close() {}
}
