package io.syncbn.worker.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.v1.Abort;
import io.syncbn.proto.v1.Evicted;
import io.syncbn.proto.v1.Hold;
import io.syncbn.proto.v1.Refused;
import io.syncbn.proto.v1.Released;
import io.syncbn.proto.v1.Restore;
import io.syncbn.proto.v1.Stop;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.worker.session.SessionEvent.Result;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every state × everything that can happen in it, as the table {@code transitions.txt}, for reading and as a test. {@code
 * -Dtranscripts.rewrite=true} writes what the session does into it, to be looked through like any change.
 */
class SessionTransitionsTest {
    private static final String ABOUT = """
            What a worker's session does in each state with everything that can happen: the state that follows, and the
            effects. What is not listed changes nothing. The worker is worker 1 of generation 3.
            """;

    /** How a session comes to each state. */
    private static final Map<String, Consumer<Conversation>> ROUTES = new LinkedHashMap<>();

    /** What can happen. */
    private static final Map<String, Function<Conversation, SessionEvent>> EVENTS = new LinkedHashMap<>();

    static {
        ROUTES.put("OFFLINE", SessionTransitionsTest::offline);
        ROUTES.put("OFFLINE, not at rest", SessionTransitionsTest::offlineNotAtRest);
        ROUTES.put("JOINING", worker -> worker.join(Conversation.FRESH));
        ROUTES.put("WAITING", SessionTransitionsTest::waiting);
        ROUTES.put("RESTORING", SessionTransitionsTest::restoring);
        ROUTES.put("PREPARING", SessionTransitionsTest::preparing);
        ROUTES.put("READY", SessionTransitionsTest::ready);
        ROUTES.put("ALIGNING, to another's state", worker -> aligning(worker, 0));
        ROUTES.put("ALIGNING, as the source", worker -> aligning(worker, 1));
        ROUTES.put("TRAINING", SessionTransitionsTest::training);
        ROUTES.put("TRAINING, told to leave", SessionTransitionsTest::toldToLeave);
        ROUTES.put("FINISHED", SessionTransitionsTest::finished);
        ROUTES.put("STOPPING", SessionTransitionsTest::stopping);
        ROUTES.put("STOPPED", SessionTransitionsTest::stopped);
        ROUTES.put("STOPPED, had finished before", SessionTransitionsTest::stoppedAfterTheEnd);
        ROUTES.put("LEAVING", SessionTransitionsTest::leaving);
        ROUTES.put("OVER", SessionTransitionsTest::over);

        message("Plan of the next generation", Conversation.plan(4, 0));
        message("Plan of this generation", Conversation.plan(3, 0));
        message("Align to another's state", Conversation.align(3, 0));
        message("Align, as the source", Conversation.align(3, 1));
        message("Align of another generation", Conversation.align(2, 0));
        message("Begin", Conversation.begin(3, 0));
        message("Begin of another generation", Conversation.begin(2, 0));
        message("Begin elsewhere", Conversation.begin(3, 5));
        message("Hold", ToWorker.newBuilder().setHold(Hold.newBuilder().setCommittedStep(7)));
        message("Restore", ToWorker.newBuilder().setRestore(Restore.getDefaultInstance()));
        message("Stop", stop());
        message("Evicted", ToWorker.newBuilder().setEvicted(Evicted.newBuilder().setReason("evicted")));
        message("Released", ToWorker.newBuilder().setReleased(Released.getDefaultInstance()));
        message("Refused", ToWorker.newBuilder().setRefused(Refused.newBuilder().setReason("refused")));
        message("Abort", ToWorker.newBuilder().setAbort(Abort.newBuilder().setReason("aborted")));
        message("a message of a later version", ToWorker.newBuilder());
        event("the coordinator answers", worker -> new SessionEvent.Opened(worker.connection));
        event("the coordinator is silent", worker -> new SessionEvent.Silent(worker.connection, seconds(15)));
        event("the stream breaks", worker -> closed(worker, "broken"));
        event("the stream ends", worker -> new SessionEvent.Closed(worker.connection, Optional.empty()));
        event("an earlier stream breaks", worker -> new SessionEvent.Closed(-1, Optional.of("broken")));
        event("the next attempt is due", worker -> new SessionEvent.RetryDue());
        event("5 s pass", worker -> passed(worker, 5, new SessionEvent.TimePassed()));
        event("6 s pass", worker -> passed(worker, 6, new SessionEvent.TimePassed()));
        event("30 s pass", worker -> passed(worker, 30, new SessionEvent.TimePassed()));
        event("600 s pass", worker -> passed(worker, 600, new SessionEvent.Tick()));
        event("command carried out", worker -> done(worker, Result.COMPLETE));
        event("command given up", worker -> done(worker, Result.ABANDONED));
        event("all steps done", worker -> done(worker, Result.JOB_DONE));
        event(
                "an earlier command carried out",
                worker -> new SessionEvent.Done(0, Result.COMPLETE, Conversation.FRESH));
        event("the job's fault", worker -> new SessionEvent.CannotGoOn(new Fault(false, "NaN", "NaN")));
        event("this worker's fault", worker -> new SessionEvent.CannotGoOn(new Fault(true, "disk", "disk")));
        event("a data stream breaks", worker -> new SessionEvent.Broken(3, "torn"));
        event("an earlier data stream breaks", worker -> new SessionEvent.Broken(2, "torn"));
        event("told to leave", worker -> new SessionEvent.LeaveAsked("drained"));
    }

    private static void message(String name, ToWorker.Builder message) {
        event(name, worker -> new SessionEvent.Received(worker.connection, message.build()));
    }

    private static void event(String name, Function<Conversation, SessionEvent> event) {
        EVENTS.put(name, event);
    }

    private static ToWorker.Builder stop() {
        return ToWorker.newBuilder()
                .setStop(Stop.newBuilder().setReason("Ctrl-C").setKeepsCheckpoint(true));
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    private static SessionEvent passed(Conversation worker, long seconds, SessionEvent event) {
        worker.nanos += seconds(seconds);
        return event;
    }

    private static SessionEvent closed(Conversation worker, String error) {
        return new SessionEvent.Closed(worker.connection, Optional.of(error));
    }

    private static SessionEvent done(Conversation worker, Result result) {
        return new SessionEvent.Done(worker.lastCommand, result, Conversation.TRAINED);
    }

    private static void offlineNotAtRest(Conversation worker) {
        training(worker);
        worker.on(closed(worker, "broken"));
    }

    private static void offline(Conversation worker) {
        offlineNotAtRest(worker);
        worker.done(Conversation.FRESH);
    }

    private static void waiting(Conversation worker) {
        worker.join(Conversation.FRESH);
        worker.receive(ToWorker.newBuilder().setHold(Hold.getDefaultInstance()));
        worker.done(Conversation.FRESH);
    }

    private static void restoring(Conversation worker) {
        worker.join(Conversation.FRESH);
        worker.receive(ToWorker.newBuilder().setRestore(Restore.getDefaultInstance()));
    }

    private static void preparing(Conversation worker) {
        worker.join(Conversation.FRESH);
        worker.receive(Conversation.plan(3, 0));
    }

    private static void ready(Conversation worker) {
        preparing(worker);
        worker.done(Conversation.FRESH);
    }

    private static void aligning(Conversation worker, int source) {
        ready(worker);
        worker.receive(Conversation.align(3, source));
    }

    private static void training(Conversation worker) {
        ready(worker);
        worker.receive(Conversation.begin(3, 0));
    }

    private static void toldToLeave(Conversation worker) {
        training(worker);
        worker.on(new SessionEvent.LeaveAsked("drained"));
    }

    private static void finished(Conversation worker) {
        training(worker);
        worker.on(done(worker, Result.JOB_DONE));
    }

    private static void stopping(Conversation worker) {
        training(worker);
        worker.receive(stop());
    }

    private static void stopped(Conversation worker) {
        stopping(worker);
        worker.done(Conversation.TRAINED);
    }

    private static void stoppedAfterTheEnd(Conversation worker) {
        finished(worker);
        worker.receive(stop());
    }

    private static void leaving(Conversation worker) {
        toldToLeave(worker);
        worker.receive(ToWorker.newBuilder().setReleased(Released.getDefaultInstance()));
    }

    private static void over(Conversation worker) {
        training(worker);
        worker.on(new SessionEvent.CannotGoOn(new Fault(false, "NaN", "NaN")));
    }

    @Test
    void everyTransitionIsAsTheTableSays() throws IOException, URISyntaxException {
        StringBuilder table = new StringBuilder(ABOUT);
        ROUTES.forEach((state, route) -> {
            table.append('\n').append(state).append('\n');
            EVENTS.forEach((name, event) -> {
                String transition = transition(route, event);
                if (!transition.isEmpty()) {
                    table.append(String.format(Locale.ROOT, "    %-31s %s\n", name, transition));
                }
            });
        });
        Path file = file();
        if (Boolean.getBoolean("transcripts.rewrite")) {
            Files.writeString(file, table);
        }
        assertThat(table.toString()).isEqualTo(Files.readString(file));
    }

    /** Found from where this class was built, because these tests are also run from another module's directory. */
    private static Path file() throws URISyntaxException {
        URI testClasses = SessionTransitionsTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        return Path.of(testClasses)
                .resolve("../../src/test/resources/transcripts/session/transitions.txt")
                .normalize();
    }

    private static String transition(Consumer<Conversation> route, Function<Conversation, SessionEvent> event) {
        Conversation worker = new Conversation();
        route.accept(worker);
        SessionState before = worker.session.state();
        List<String> effects = worker.on(event.apply(worker)).stream()
                .map(SessionTransitionsTest::shortened)
                .toList();
        SessionState after = worker.session.state();
        String next = after == before ? "" : "→ " + after + (effects.isEmpty() ? "" : ": ");
        return next + String.join(", ", effects);
    }

    /** Without what stands in a message. */
    private static String shortened(String effect) {
        return effect.startsWith("send ") ? effect.split(" ", 3)[0] + " " + effect.split(" ", 3)[1] : effect;
    }

    @Test
    void theTableHasEveryStateMessageAndEvent() {
        assertThat(states()).isEqualTo(EnumSet.allOf(SessionState.class));

        List<SessionEvent> events = EVENTS.values().stream()
                .map(event -> event.apply(new Conversation()))
                .toList();
        Set<Class<?>> kinds = kindsOf(SessionEvent.class).collect(Collectors.toCollection(HashSet::new));
        kinds.remove(SessionEvent.Started.class); // only the first
        assertThat(events.stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(kinds);
        assertThat(events.stream()
                        .filter(event -> event instanceof SessionEvent.Received)
                        .map(event -> ((SessionEvent.Received) event).message().getMessageCase())
                        .collect(Collectors.toSet()))
                .isEqualTo(EnumSet.allOf(ToWorker.MessageCase.class));
    }

    private static Set<SessionState> states() {
        return ROUTES.entrySet().stream()
                .map(route -> {
                    Conversation worker = new Conversation();
                    route.getValue().accept(worker);
                    assertThat(route.getKey()).startsWith(worker.session.state().name());
                    return worker.session.state();
                })
                .collect(Collectors.toSet());
    }

    private static Stream<Class<?>> kindsOf(Class<?> sealed) {
        return sealed.isSealed()
                ? Arrays.stream(sealed.getPermittedSubclasses()).flatMap(SessionTransitionsTest::kindsOf)
                : Stream.of(sealed);
    }
}
