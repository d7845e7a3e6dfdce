package dev.embeddedbroker.structure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may know whom: the layers of docs/architecture.md. */
class LayeringTest {
    private static final String ROOT = "dev.embeddedbroker";

    private static JavaClasses ours;

    @BeforeAll
    static void read() {
        ours = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT);
    }

    @Test
    void onlyNetKnowsNetty() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".net..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(ours);
    }

    @Test
    void onlyTheExtensionKnowsJUnit() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".junit..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.junit..")
                .check(ours);
    }

    @Test
    void onlyItsBridgesKnowSpring() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".spring..")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + ".junit.SpringContexts")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..")
                .check(ours);
    }

    @Test
    void onlyTheAssertionsKnowAssertJ() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".assertj..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.assertj..")
                .check(ours);
    }

    @Test
    void nothingShippedKnowsApacheKafka() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(ours);
    }

    @Test
    void protocolKnowsTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".protocol..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", ROOT + ".protocol..")
                .check(ours);
    }

    @Test
    void storageKnowsNeitherProtocolNorBroker() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".storage..")
                .should()
                .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "are ours outside storage",
                        other -> other.getPackageName().startsWith(ROOT)
                                && !other.getPackageName().startsWith(ROOT + ".storage")))
                .check(ours);
    }

    @Test
    void machinesKnowNoLoopPartitionNetNorClock() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".coordinator", ROOT + ".coordinator.group..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".loop..",
                        ROOT + ".partition..",
                        ROOT + ".net..",
                        ROOT + ".node..",
                        ROOT + ".api..",
                        ROOT + ".storage.log..",
                        "java.util.concurrent.locks..")
                .check(ours);
    }

    @Test
    void machinesReadNoClock() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".coordinator..", ROOT + ".metadata..", ROOT + ".partition..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .check(ours);
    }

    @Test
    void nothingSetsSystemPropertiesNorAddsShutdownHooks() {
        noClasses()
                .should()
                .callMethod(System.class, "setProperty", String.class, String.class)
                .orShould()
                .callMethod(Runtime.class, "addShutdownHook", Thread.class)
                .check(ours);
    }
}
