package dev.embeddedbroker.protocol.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaReaderTest {

    private static MessageSchema read(String fields) {
        return read(fields, "");
    }

    private static MessageSchema read(String fields, String more) {
        return new SchemaReader().read("kafka-raft", """
                        // a comment
                        { "type": "data", "name": "Sample", "validVersions": "0-3", "flexibleVersions": "2+", %s
                          "fields": [ %s ] // and another
                        }
                        """.formatted(more, fields));
    }

    private static FieldSchema field(String json) {
        return read(json).root().fields().get(0);
    }

    @ParameterizedTest
    @CsvSource({"3,3,3", "0-4,0,4", "9+,9,32767"})
    void versionRangesAreParsed(String text, int low, int high) {
        assertThat(Versions.parse(text)).isEqualTo(new Versions(low, high));
        assertThat(Versions.parse(text)).hasToString(text);
    }

    @Test
    void noneIsTheEmptyRange() {
        assertThat(Versions.parse("none").isEmpty()).isTrue();
        assertThat(Versions.parse("none")).hasToString("none");
        assertThatThrownBy(() -> Versions.parse("x+"))
                .hasMessageContaining("\"x+\"")
                .hasMessageContaining("N-M");
    }

    @Test
    void rangesAreCutAtEitherEndAndNotSplit() {
        Versions range = new Versions(2, 8);
        assertThat(range.minus(new Versions(5, 99))).isEqualTo(new Versions(2, 4));
        assertThat(range.minus(new Versions(0, 3))).isEqualTo(new Versions(4, 8));
        assertThat(range.minus(range)).isEqualTo(Versions.NONE);
        assertThat(range.minus(Versions.NONE)).isEqualTo(range);
        assertThatThrownBy(() -> range.minus(new Versions(4, 5))).isInstanceOf(SchemaException.class);
    }

    @Test
    void commonAndInlineStructsAreFoundByName() {
        MessageSchema schema = read("""
                { "name": "A", "type": "[]Shared", "versions": "0+" },
                { "name": "B", "type": "Shared", "versions": "1+", "nullableVersions": "1+", "default": "null" },
                { "name": "C", "type": "[]Inline", "versions": "2+", "fields": [
                  { "name": "X", "type": "int32", "versions": "2+" } ] }
                """, """
                "commonStructs": [ { "name": "Shared", "versions": "0+", "fields": [
                  { "name": "Y", "type": "string", "versions": "0+" } ] } ],
                """);
        assertThat(schema.structs().keySet()).containsExactly("Shared", "Inline");
        assertThat(new Layout(schema).known(schema.struct("Inline"))).isEqualTo(new Versions(2, 3));
        assertThat(new Layout(schema).known(schema.struct("Shared"))).isEqualTo(new Versions(0, 3));
    }

    @Test
    void fewestBytesOfAnElementIsTheSmallestOfAnyVersion() {
        MessageSchema schema = read("""
                { "name": "A", "type": "[]E", "versions": "0+", "fields": [
                  { "name": "S", "type": "string", "versions": "0+" },
                  { "name": "N", "type": "int64", "versions": "1+" },
                  { "name": "P", "type": "E2", "versions": "0+", "nullableVersions": "0+", "fields": [
                    { "name": "Z", "type": "uuid", "versions": "0+" } ] },
                  { "name": "T", "type": "int64", "versions": "2+", "tag": 0, "taggedVersions": "2+" } ] }
                """);
        Layout layout = new Layout(schema);
        FieldType element = new FieldType.Struct("E");
        assertThat(layout.fewestBytes(element, new Versions(0, 0))).isEqualTo(2 + 1);
        assertThat(layout.fewestBytes(element, new Versions(1, 1))).isEqualTo(2 + 8 + 1);
        assertThat(layout.fewestBytes(element, new Versions(2, 3))).isEqualTo(1 + 8 + 1 + 1);
        assertThat(layout.fewestBytes(element, Versions.ALL)).isEqualTo(3);
        assertThat(layout.fewestBytes(FieldType.Primitive.STRING, Versions.ALL)).isEqualTo(1);
        assertThat(layout.fewestBytes(FieldType.Primitive.UUID, Versions.ALL)).isEqualTo(16);
    }

    @Test
    void taggedFieldWithoutVersionsExistsWhereItIsTagged() {
        FieldSchema field = field("{ \"name\": \"A\", \"type\": \"int8\", \"taggedVersions\": \"2+\", \"tag\": 4 }");
        assertThat(field.versions()).isEqualTo(Versions.parse("2+"));
        assertThat(field.plainVersions().isEmpty()).isTrue();
    }

    @Test
    void onlyTheTextNullIsANullDefault() {
        String start = "{ \"name\": \"A\", \"type\": \"[]int8\", \"versions\": \"0+\", \"nullableVersions\": \"0+\", ";
        assertThat(field(start + "\"default\": \"null\" }").defaultIsNull()).isTrue();
        assertThat(field(start + "\"default\": null }").defaultIsNull()).isFalse();
    }

    @Test
    void javaNamesAvoidKeywords() {
        assertThat(field("{ \"name\": \"TopicData\", \"type\": \"int8\", \"versions\": \"0+\" }")
                        .javaName())
                .isEqualTo("topicData");
        assertThat(field("{ \"name\": \"Default\", \"type\": \"int8\", \"versions\": \"0+\" }")
                        .javaName())
                .isEqualTo("default_");
        assertThat(ApiKeyClass.constantName("OffsetForLeaderEpochRequest")).isEqualTo("OFFSET_FOR_LEADER_EPOCH");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"type\": \"int24\", \"versions\": \"0+\" | a known scalar",
                "\"type\": \"[]records\", \"versions\": \"0+\" | an array of scalars or structs",
                "\"type\": \"Nowhere\", \"versions\": \"0+\" | Nowhere, which it does not define",
                "\"type\": \"int8\", \"versions\": \"0+\", \"nullableVersions\": \"0+\" | cannot be null",
                "\"type\": \"int8\", \"versions\": \"0+\", \"taggedVersions\": \"2+\" | no tag",
                "\"type\": \"int8\", \"versions\": \"2+\", \"taggedVersions\": \"1+\", \"tag\": 0 | exists in 2+",
                "\"type\": \"int8\", \"versions\": \"0+\", \"colour\": 1 | unknown key \"colour\"",
                "\"versions\": \"0+\" | \"type\" is missing",
            })
    void whatItDoesNotUnderstandStopsTheBuild(String json, String reason) {
        assertThatThrownBy(() -> read("{ \"name\": \"A\", " + json + " }"))
                .isInstanceOf(SchemaException.class)
                .hasMessageStartingWith("Sample: ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({"int8,128", "uint16,-1", "int16,x", "bool,maybe", "uuid,abc", "int32,null"})
    void defaultsOutsideTheTypeStopTheBuild(String type, String value) {
        MessageSchema schema = read("{ \"name\": \"A\", \"type\": \"%s\", \"versions\": \"0+\", \"default\": \"%s\" }"
                .formatted(type, value));
        assertThatThrownBy(() -> new StructClass(schema).build()).isInstanceOf(SchemaException.class);
    }

    @ParameterizedTest
    @CsvSource({"int32,0x7fffffff,2147483647", "int64,-1,-1L", "uint32,4294967295,4294967295L", "bool,True,true"})
    void defaultsAreJavaLiterals(String type, String value, String java) {
        MessageSchema schema = read("{ \"name\": \"A\", \"type\": \"%s\", \"versions\": \"0+\", \"default\": \"%s\" }"
                .formatted(type, value));
        assertThat(new StructClass(schema).build().toString()).contains(" a = " + java + ";");
    }
}
