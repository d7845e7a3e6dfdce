package dev.embeddedbroker.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.protocol.generator.Generator;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A schema with every feature that Apache Kafka's README of schemas describes, generated, compiled and run. */
class TrickySchemaTest {
    private static final String SCHEMA = """
            // every awkward thing at once
            { "type": "data", "name": "TrickyRecord", "validVersions": "0-3", "flexibleVersions": "2+",
              "commonStructs": [
                { "name": "Pair", "versions": "0+", "fields": [
                  { "name": "Index", "type": "int8", "versions": "0+", "default": "-1" },
                  { "name": "Version", "type": "uint16", "versions": "1+" } ] } ],
              "fields": [
                { "name": "Field", "type": "string", "versions": "0+", "entityType": "topicName", "about": "<a> & @b */" },
                { "name": "Count", "type": "[]Pair", "versions": "0+" },
                { "name": "Section", "type": "Pair", "versions": "1+", "nullableVersions": "2+", "ignorable": true },
                { "name": "OldStyle", "type": "string", "versions": "2+", "nullableVersions": "2+",
                  "flexibleVersions": "none", "default": "null" },
                { "name": "Moved", "type": "int32", "versions": "1+", "taggedVersions": "3+", "tag": 5, "default": "0x10" },
                { "name": "Class", "type": "bytes", "versions": "0-1", "zeroCopy": true },
                { "name": "Data", "type": "records", "versions": "0+", "nullableVersions": "0+" },
                { "name": "Keyed", "type": "[]Entry", "versions": "3+", "fields": [
                  { "name": "Key", "type": "string", "versions": "3+", "mapKey": true } ] },
                { "name": "Whole", "type": "Pair", "versions": "2+", "taggedVersions": "2+", "tag": 0 },
                { "name": "Perhaps", "type": "Pair", "versions": "3+", "nullableVersions": "3+",
                  "taggedVersions": "3+", "tag": 9, "default": "null" } ] }
            """;

    private static URLClassLoader loader;
    private static Class<?> type;
    private static Class<?> pair;

    @TempDir
    static Path dir;

    @BeforeAll
    static void generateAndCompile() throws Exception {
        Path schemas = Files.createDirectories(dir.resolve("schemas/kafka-raft"));
        Files.writeString(schemas.resolve("TrickyRecord.json"), SCHEMA);
        generate();
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none",
                "-Xlint:all,-serial",
                "-Werror",
                "-d",
                dir.resolve("classes").toString(),
                "-cp",
                System.getProperty("java.class.path")));
        arguments.addAll(sources().map(Path::toString).toList());
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(result).isZero();
        loader = new URLClassLoader(
                new URL[] {dir.resolve("classes").toUri().toURL()}, TrickySchemaTest.class.getClassLoader());
        type = loader.loadClass("dev.embeddedbroker.protocol.record.log.TrickyRecord");
        pair = loader.loadClass("dev.embeddedbroker.protocol.record.log.TrickyRecord$Pair");
    }

    @AfterAll
    static void close() throws IOException {
        loader.close();
    }

    private static void generate() throws IOException {
        Generator.main(new String[] {
            dir.resolve("schemas").toString(), dir.resolve("sources").toString()
        });
    }

    private static Stream<Path> sources() throws IOException {
        try (Stream<Path> walk = Files.walk(dir.resolve("sources"))) {
            return walk.filter(p -> p.toString().endsWith(".java")).toList().stream();
        }
    }

    private static Struct make() {
        return set((Struct) Peers.make(type), "field", "ab");
    }

    private static Struct pair(int index, int version) {
        return set(set((Struct) Peers.make(pair), "index", (byte) index), "version", version);
    }

    private static Struct set(Struct struct, String field, Object value) {
        try {
            struct.getClass().getField(field).set(struct, value);
            return struct;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Object get(Struct struct, String field) {
        try {
            return struct.getClass().getField(field).get(struct);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes, compares with the bytes given as hex, reads them again and writes once more. */
    private static Struct check(Struct struct, int version, String... hex) {
        byte[] expected = HexFormat.of().parseHex(String.join("", hex).replace(" ", ""));
        assertThat(write(struct, version)).isEqualTo(expected);
        Struct read = (Struct) Peers.make(type);
        WireReader in = new WireReader(ByteBuffer.wrap(expected));
        read.read(in, (short) version);
        assertThat(in.remaining()).isZero();
        assertThat(write(read, version)).isEqualTo(expected);
        return read;
    }

    private static byte[] write(Struct struct, int version) {
        WireWriter out = new WireWriter(8);
        struct.write(out, (short) version);
        byte[] bytes = new byte[out.size()];
        out.toByteBuffer().get(bytes);
        return bytes;
    }

    @Test
    void emptyOneIsWrittenInEveryVersion() {
        String ab = "6162";
        check(make(), 0, "0002", ab, "00000000", "00000000", "ffffffff");
        check(make(), 1, "0002", ab, "00000000", "ff 0000", "00000010", "00000000", "ffffffff");
        // compact now, but for OldStyle; the struct gets a null mark; no tagged field is set
        check(make(), 2, "03", ab, "01", "01 ff 0000 00", "ffff", "00000010", "00", "00");
        check(make(), 3, "03", ab, "01", "01 ff 0000 00", "ffff", "00", "01", "00");
    }

    @Test
    void commonStructIsSharedAndGrowsWithTheVersion() {
        Struct struct = set(make(), "count", new ArrayList<>(List.of(pair(7, 65535))));
        assertThatThrownBy(() -> write(struct, 0)).hasMessageContaining("Pair.version is set");
        check(struct, 1, "0002 6162", "00000001 07 ffff", "ff 0000", "00000010", "00000000", "ffffffff");
    }

    @Test
    void nullStructIsRefusedWhereItIsNotAllowedAndMarkedWhereItIs() {
        Struct struct = set(make(), "section", null);
        assertThatThrownBy(() -> write(struct, 1)).isInstanceOf(RuntimeException.class);
        check(struct, 2, "03 6162", "01", "ff", "ffff", "00000010", "00", "00");
        assertThat(write(struct, 0)).isEqualTo(write(make(), 0));
    }

    @Test
    void fieldMovesIntoTheTaggedFields() {
        Struct struct = set(make(), "moved", 3);
        assertThatThrownBy(() -> write(struct, 0)).hasMessageContaining("TrickyRecord.moved is set, and version 0");
        check(struct, 2, "03 6162", "01", "01 ff 0000 00", "ffff", "00000003", "00", "00");
        check(struct, 3, "03 6162", "01", "01 ff 0000 00", "ffff", "00", "01", "01", "05 04 00000003");
    }

    @Test
    void taggedStructsAreWrittenUnlessDefaultAndUnknownTagsStandBetween() {
        Struct struct = set(make(), "moved", 3);
        set(struct, "whole", pair(1, 2));
        set(struct, "perhaps", pair(-1, 0));
        struct.unknownTaggedFields =
                List.of(new UnknownTaggedField(200, new byte[200]), new UnknownTaggedField(3, new byte[] {42}));
        Struct read = check(
                struct,
                3,
                "03 6162 01 01ff000000 ffff 00 01",
                "05",
                "00 04 01 0002 00",
                "03 01 2a",
                "05 04 00000003",
                "09 05 01 ff 0000 00",
                "c801 c801",
                "00".repeat(200));
        assertThat(read.unknownTaggedFields).extracting(UnknownTaggedField::tag).containsExactly(3, 200);
        assertThatThrownBy(() -> write(read, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longTaggedFieldMovesToMakeRoomForItsLength() {
        Struct whole = pair(1, 2);
        whole.unknownTaggedFields = List.of(new UnknownTaggedField(1, new byte[20_000]));
        Struct struct = set(make(), "whole", whole);
        // 3 bytes of the pair, 1 of the count, 1 + 3 + 20000 of the unknown field: 20008 = a8 9c 01
        check(
                struct,
                2,
                "03 6162 01 01ff000000 ffff 00000010 00",
                "01",
                "00 a89c01 01 0002 01 01 a09c01",
                "00".repeat(20_000));
    }

    @Test
    void tagOfAnotherVersionIsMalformed() {
        byte[] wire = HexFormat.of()
                .parseHex("036162" + "01" + "01ff000000" + "ffff" + "00000010" + "00" + "01" + "050400000003");
        assertThatThrownBy(() -> ((Struct) Peers.make(type)).read(new WireReader(ByteBuffer.wrap(wire)), (short) 2))
                .isInstanceOf(MalformedMessage.class)
                .hasMessageContaining("tag 5");
    }

    @Test
    void zeroCopyBytesAreBytesAndRecordsAreSlices() {
        Struct struct = set(set(make(), "class_", new byte[] {1, 2}), "data", ByteBuffer.wrap(new byte[] {3}));
        Struct read = check(struct, 0, "0002 6162 00000000", "00000002 0102", "00000001 03");
        assertThat(get(read, "class_")).isEqualTo(new byte[] {1, 2});
        assertThat(get(read, "data")).isEqualTo(ByteBuffer.wrap(new byte[] {3}));
        assertThatThrownBy(() -> write(struct, 2)).hasMessageContaining("class_");
    }

    @Test
    void readingResetsWhatTheVersionDoesNotHave() {
        Struct struct = set(set(make(), "moved", 99), "perhaps", pair(1, 1));
        struct.read(new WireReader(ByteBuffer.wrap(write(make(), 0))), (short) 0);
        assertThat(get(struct, "moved")).isEqualTo(16);
        assertThat(get(struct, "perhaps")).isNull();
    }

    @Test
    void unchangedSchemasGenerateNothingAgain() throws IOException {
        FileTime long_ago = FileTime.fromMillis(1_000_000_000_000L);
        List<Path> sources = sources().toList();
        for (Path source : sources) {
            Files.setLastModifiedTime(source, long_ago);
        }
        generate();
        Files.writeString(dir.resolve("sources/Stale.java"), "class Stale {}");
        Files.writeString(dir.resolve("sources/.stamp"), "of other schemas");
        generate();
        assertThat(sources()).containsExactlyElementsOf(sources);
        for (Path source : sources) {
            assertThat(Files.getLastModifiedTime(source)).isEqualTo(long_ago);
        }
    }
}
