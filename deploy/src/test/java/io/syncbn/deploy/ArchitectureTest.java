package io.syncbn.deploy;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The walls of the house. A rule that meets no class fails, so that a renamed package cannot leave it idle. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.syncbn");

    private static final String[] DECISIONS = {
        "io.syncbn.proto.rounds..",
        "io.syncbn.coordinator.membership..",
        "io.syncbn.coordinator.rounds..",
        "io.syncbn.coordinator.pace..",
        // Without its client, which carries them out.
        "io.syncbn.worker.session"
    };

    /** Packages where one class is understood without all others. */
    private static final String[] WITHOUT_KNOTS = {
        "io.syncbn.coordinator.membership",
        "io.syncbn.worker.session",
        "io.syncbn.worker.train",
        "io.syncbn.deploy.command"
    };

    /** With more fields, two of one type are soon given in the wrong order. */
    private static final int MOST_FIELDS = 6;

    /** Their fields are those of a frame, a file, a line or a formula, which nobody here may regroup. */
    private static final Set<String> AS_WRITTEN = Set.of(
            "FrameHeader",
            "CheckpointInfo",
            "Note",
            "StepRecord",
            "StepSplit",
            "AllReduceResult",
            "ConvolutionGeometry");

    @Test
    void recordsHaveFewFields() {
        assertThat(CLASSES.stream()
                        .filter(each -> each.isRecord() && fields(each) > MOST_FIELDS)
                        .map(JavaClass::getSimpleName))
                .containsExactlyInAnyOrderElementsOf(AS_WRITTEN);
    }

    private static long fields(JavaClass record) {
        return record.getFields().stream()
                .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                .count();
    }

    @Test
    void protoKnowsNobody() {
        doesNotDependOn("io.syncbn.proto..", "io.syncbn.coordinator..", "io.syncbn.worker..", "io.syncbn.deploy..");
    }

    @Test
    void coordinatorKnowsOnlyProto() {
        doesNotDependOn("io.syncbn.coordinator..", "io.syncbn.worker..", "io.syncbn.deploy..");
    }

    @Test
    void workerKnowsOnlyProto() {
        doesNotDependOn("io.syncbn.worker..", "io.syncbn.coordinator..", "io.syncbn.deploy..");
    }

    @Test
    void layersKnowNoNetwork() {
        doesNotDependOn("io.syncbn.worker.nn..", "io.grpc..", "io.syncbn.proto.v1..", "io.syncbn.worker.collective..");
    }

    @Test
    void decisionsKnowNoThreadsAndNoNetwork() {
        for (String decisions : DECISIONS) {
            doesNotDependOn(decisions, "io.grpc..", "io.netty..", "java.io..", "java.nio.file..");
            noClasses()
                    .that()
                    .resideInAPackage(decisions)
                    .should()
                    .dependOnClassesThat(type(Thread.class)
                            .or(resideInAPackage("java.util.concurrent.."))
                            // Only arithmetic.
                            .and(not(type(TimeUnit.class))))
                    .check(CLASSES);
        }
    }

    @Test
    void decisionsKnowNoClock() {
        noClasses()
                .that()
                .resideInAnyPackage(DECISIONS)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.time\\.(Instant|Clock|LocalDateTime|ZonedDateTime)")
                .check(CLASSES);
    }

    @Test
    void randomNumbersComeFromCounterRandom() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.util\\.(Random|SplittableRandom|concurrent\\.ThreadLocalRandom|random\\..*)"
                        + "|java\\.security\\.SecureRandom")
                .orShould()
                .callMethod(Math.class, "random")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandEndsTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.syncbn.deploy.command")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(CLASSES);
    }

    @Test
    void whatIsTheJdksOwnIsUsedInOnePlace() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.syncbn.deploy.command.Interruption")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("sun..", "jdk.internal..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.syncbn.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void classesOfAPackageHaveNoCycles() {
        for (String name : WITHOUT_KNOTS) {
            slices().assignedFrom(new ClassesOf(name)).should().beFreeOfCycles().check(CLASSES);
        }
    }

    /** The classes of one package, each with those nested in it. */
    private record ClassesOf(String packageName) implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().equals(packageName)
                    ? SliceIdentifier.of(outermost(type).getName())
                    : SliceIdentifier.ignore();
        }

        private static JavaClass outermost(JavaClass type) {
            return type.getEnclosingClass().map(ClassesOf::outermost).orElse(type);
        }

        @Override
        public String getDescription() {
            return "the classes of " + packageName;
        }
    }

    @Test
    void recordingKnowsNoTraining() {
        doesNotDependOn(
                "io.syncbn.worker.record..",
                "io.syncbn.worker.train..",
                "io.syncbn.worker.collective..",
                "io.syncbn.worker.session..");
    }

    private static void doesNotDependOn(String packages, String... others) {
        noClasses()
                .that()
                .resideInAPackage(packages)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(CLASSES);
    }
}
