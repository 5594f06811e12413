package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Setting;
import java.util.List;

/** One part of the {@code syncbn} command. */
interface Command {

    /** Words after {@code syncbn}. */
    String name();

    /** One sentence. */
    String summary();

    /** The run settings that it takes. */
    List<Setting> runSettings();

    /** Those of its run settings whose values may stand as bare words behind its name, in this order. */
    default List<Setting> words() {
        return List.of();
    }

    /** Whether it takes the job's settings too. */
    default boolean takesJob() {
        return true;
    }

    /** Command lines for the help, without {@code syncbn}. */
    List<String> examples();

    /**
     * Does the work.
     *
     * @return the exit code
     */
    int run(Settings settings) throws Exception;
}
