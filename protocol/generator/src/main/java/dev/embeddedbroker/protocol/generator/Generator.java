package dev.embeddedbroker.protocol.generator;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.TypeSpec;
import dev.embeddedbroker.protocol.generator.MessageSchema.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads every schema below one directory and writes the Java sources of the {@code protocol} module into another.
 *
 * <p>The first level of the schema directory names the artifact each schema was unpacked from.
 */
public final class Generator {
    private final Path schemaDir;
    private final Path outputDir;

    private Generator(Path schemaDir, Path outputDir) {
        this.schemaDir = schemaDir;
        this.outputDir = outputDir;
    }

    /**
     * Generates unless nothing has changed since the last time.
     *
     * @param args the schema directory, the output directory
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException(
                    args.length + " arguments (expected: schema directory, output directory)");
        }
        new Generator(Path.of(args[0]), Path.of(args[1])).run();
    }

    private void run() throws IOException {
        List<Path> files = schemaFiles();
        Stamp stamp = Stamp.of(files, Generator.class);
        Path stampFile = outputDir.resolve(".stamp");
        if (stamp.isIn(stampFile)) {
            return;
        }
        List<MessageSchema> schemas = new ArrayList<>();
        SchemaReader reader = new SchemaReader();
        for (Path file : files) {
            try {
                schemas.add(reader.read(schemaDir.relativize(file).getName(0).toString(), Files.readString(file)));
            } catch (SchemaException e) {
                throw new SchemaException(file + ": " + e.getMessage(), e);
            }
        }
        Map<Path, String> sources = sources(schemas);
        deleteStale(sources);
        for (Map.Entry<Path, String> source : sources.entrySet()) {
            writeIfChanged(source.getKey(), source.getValue());
        }
        stamp.writeTo(stampFile);
    }

    private List<Path> schemaFiles() throws IOException {
        try (Stream<Path> walk = Files.walk(schemaDir)) {
            List<Path> files =
                    walk.filter(p -> p.toString().endsWith(".json")).sorted().toList();
            if (files.isEmpty()) {
                throw new SchemaException("no schema below " + schemaDir);
            }
            return files;
        }
    }

    private Map<Path, String> sources(List<MessageSchema> schemas) {
        Map<Path, String> sources = new TreeMap<>();
        for (MessageSchema schema : schemas) {
            if (!schema.validVersions().isEmpty()) {
                add(sources, Names.classOf(schema), new StructClass(schema).build());
            }
        }
        if (schemas.stream().anyMatch(s -> s.kind() == Kind.REQUEST)) {
            add(sources, Names.API_KEY, new ApiKeyClass(schemas).build());
        }
        for (RecordsClass records : recordFactories(schemas)) {
            add(sources, records.name(), records.build());
        }
        return sources;
    }

    static List<RecordsClass> recordFactories(List<MessageSchema> schemas) {
        List<RecordsClass> factories = new ArrayList<>();
        for (String family : List.of("Group", "Txn", "Share")) {
            String pkg = Names.ROOT + ".record." + family.toLowerCase(java.util.Locale.ROOT);
            factories.add(new RecordsClass(ClassName.get(pkg, family + "Records"))
                    .factory("newKey", select(schemas, pkg, Kind.COORDINATOR_KEY))
                    .factory("newValue", select(schemas, pkg, Kind.COORDINATOR_VALUE)));
        }
        for (Map.Entry<String, String> e :
                Map.of("metadata", "MetadataRecords", "log", "RemoteLogRecords").entrySet()) {
            String pkg = Names.ROOT + ".record." + e.getKey();
            factories.add(new RecordsClass(ClassName.get(pkg, e.getValue()))
                    .factory("newRecord", select(schemas, pkg, Kind.METADATA)));
        }
        return factories;
    }

    private static List<MessageSchema> select(List<MessageSchema> schemas, String pkg, Kind kind) {
        return schemas.stream()
                .filter(s -> s.kind() == kind && Names.packageOf(s).equals(pkg))
                .toList();
    }

    private void add(Map<Path, String> sources, ClassName name, TypeSpec type) {
        JavaFile file = JavaFile.builder(name.packageName(), type)
                .skipJavaLangImports(true)
                .indent("    ")
                .build();
        Path path = outputDir.resolve(name.packageName().replace('.', '/')).resolve(name.simpleName() + ".java");
        if (sources.put(path, file.toString()) != null) {
            throw new SchemaException(name + " would be generated twice");
        }
    }

    private void deleteStale(Map<Path, String> sources) throws IOException {
        if (!Files.isDirectory(outputDir)) {
            return;
        }
        List<Path> stale;
        try (Stream<Path> walk = Files.walk(outputDir)) {
            stale = walk.filter(p -> Files.isRegularFile(p) && !sources.containsKey(p))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path path : stale) {
            Files.delete(path);
        }
    }

    private static void writeIfChanged(Path path, String text) throws IOException {
        if (Files.exists(path) && Files.readString(path).equals(text)) {
            return;
        }
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
