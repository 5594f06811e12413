package io.syncbn.deploy.view;

/** Where the story of a run comes from. Used by one thread. */
interface PageSource {

    Story story();

    /** Takes in what is new. */
    void refresh();

    /**
     * Lines of a file of the run.
     *
     * @param file name in the run's directory
     * @param place {@code step:N}, or {@code millis:N} since 1970
     */
    String lines(String file, String place);
}
