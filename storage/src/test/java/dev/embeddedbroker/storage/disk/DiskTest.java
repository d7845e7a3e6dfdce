package dev.embeddedbroker.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What logs rely on, of every disk. */
class DiskTest {

    @TempDir
    Path root;

    private Path file;

    @BeforeEach
    void name() {
        file = root.resolve("d").resolve("f");
    }

    private Disk disk(AnyDisk kind) {
        Disk disk = kind.make();
        disk.createDirectories(file.getParent());
        return disk;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    private static void write(Disk disk, Path path, String text) {
        try (var open = disk.open(path)) {
            open.write(bytes(text), 0);
        }
    }

    private static String read(Disk disk, Path path) {
        return new String(disk.readAll(path), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void namesAreMadeListedRenamedAndDeleted(AnyDisk kind) {
        Disk disk = disk(kind);
        assertThat(disk.sizeOf(file)).isEqualTo(-1);
        assertThat(disk.delete(file)).isFalse();
        assertThat(disk.force(file)).isFalse();
        assertThat(disk.list(root.resolve("none"))).isEmpty();
        assertThatThrownBy(() -> disk.readAll(file)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> disk.open(root.resolve("none").resolve("f"))).isInstanceOf(StorageException.class);
        write(disk, file, "one");
        write(disk, file.resolveSibling("g"), "two");
        assertThat(disk.exists(file)).isTrue();
        assertThat(disk.force(file)).isTrue();
        assertThat(disk.isDirectory(file)).isFalse();
        assertThat(disk.list(file.getParent())).containsExactly("f", "g");
        assertThat(disk.list(root)).containsExactly("d");

        disk.rename(file, file.resolveSibling("g"));
        assertThat(disk.list(file.getParent())).containsExactly("g");
        assertThat(read(disk, file.resolveSibling("g"))).isEqualTo("one");
        assertThatThrownBy(() -> disk.rename(file, file.resolveSibling("h"))).isInstanceOf(StorageException.class);

        assertThatThrownBy(() -> disk.delete(file.getParent())).isInstanceOf(StorageException.class);
        disk.createDirectories(file.getParent().resolve("below"));
        disk.rename(file.getParent(), root.resolve("e"));
        assertThat(disk.isDirectory(file.getParent())).isFalse();
        assertThat(disk.list(root.resolve("e"))).containsExactly("below", "g");
        assertThat(disk.delete(root.resolve("e").resolve("below"))).isTrue();
        disk.deleteTree(root.resolve("e"));
        disk.deleteTree(root.resolve("e"));
        assertThat(disk.list(root)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aMappingShowsLaterWritesAndOutlivesItsFile(AnyDisk kind) {
        Disk disk = disk(kind);
        DiskFile open = disk.open(file);
        open.write(bytes("begin"), 0);
        Mapping mapping = open.map(100_000);
        assertThat(open.sizeBytes()).isEqualTo(100_000);
        assertThat(mapping.bytes().isReadOnly()).isTrue();
        open.write(bytes(" and end"), 5);
        assertThat(text(mapping.bytes().slice(0, 13))).isEqualTo("begin and end");
        assertThat(mapping.bytes().get(13)).isZero();
        open.close();
        disk.delete(file);
        assertThat(text(mapping.bytes().slice(0, 13))).isEqualTo("begin and end");
        mapping.unmap();
    }

    @ParameterizedTest
    @EnumSource
    void aMappingKeepsItsBytesWhenTheFileOutgrowsIt(AnyDisk kind) {
        Disk disk = disk(kind);
        byte[] large = new byte[1 << 20];
        new Random(1).nextBytes(large);
        try (var open = disk.open(file)) {
            open.write(bytes("small"), 0);
            Mapping small = open.map(5);
            open.write(ByteBuffer.wrap(large), 5);
            Mapping whole = open.map(5 + large.length);
            assertThat(text(small.bytes())).isEqualTo("small");
            assertThat(text(whole.bytes().slice(0, 5))).isEqualTo("small");
            assertThat(whole.bytes().slice(5, large.length)).isEqualTo(ByteBuffer.wrap(large));
            small.unmap();
            whole.unmap();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCutOffDoesNotComeBack(AnyDisk kind) {
        Disk disk = disk(kind);
        write(disk, file, "0123456789");
        try (var open = disk.open(file)) {
            open.truncate(4);
            open.write(bytes("x"), 8);
            var read = ByteBuffer.allocate(20);
            assertThat(open.read(read, 2)).isEqualTo(7);
            assertThat(text(read.flip())).isEqualTo("23\0\0\0\0x");
            assertThat(open.read(ByteBuffer.allocate(4), 9)).isZero();
        }
        disk.resize(file, 2);
        disk.resize(file, 4);
        assertThat(read(disk, file)).isEqualTo("01\0\0");
        disk.writeAtomically(file, bytes("new"), true);
        assertThat(read(disk, file)).isEqualTo("new");
        disk.setLastModifiedMs(file, 12_000);
        assertThat(disk.lastModifiedMs(file)).isEqualTo(12_000);
    }

    @ParameterizedTest
    @EnumSource
    void aLockHasOneOwner(AnyDisk kind) {
        Disk disk = disk(kind);
        try (var lock = disk.lock(file)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> disk.lock(file))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("in use");
        }
        disk.lock(file).close();
        assertThat(disk.list(file.getParent())).containsExactly("f");
    }

    @Test
    void memoryIsGivenBackWhenNobodyNeedsItAnyMore() {
        var disk = new MemoryDisk();
        disk.createDirectories(file.getParent());
        DiskFile open = disk.open(file);
        open.write(ByteBuffer.allocate(100_000), 0);
        Mapping mapping = open.map(100_000);
        disk.rename(file, file.resolveSibling("g"));
        disk.deleteTree(root);
        open.close();
        assertThat(disk.bytesOffHeap()).isEqualTo(1 << 17);
        mapping.unmap();
        assertThat(disk.bytesOffHeap()).isZero();
    }

    @Test
    void smallFilesTakeNothingOutsideTheHeap() {
        var disk = new MemoryDisk();
        disk.createDirectories(file.getParent());
        write(disk, file, "x".repeat(4096));
        assertThat(disk.bytesOffHeap()).isZero();
        assertThat(disk.roomFor(0)).isEqualTo(1024);
        assertThat(disk.roomFor(1024)).isEqualTo(1024);
        assertThat(disk.roomFor(1025)).isEqualTo(2048);
    }

    @Test
    void aFileThatFindsNoMemoryFailsAndTheOthersStay() {
        var disk = new MemoryDisk();
        disk.createDirectories(file.getParent());
        write(disk, file.resolveSibling("small"), "stays");
        var open = new ArrayDeque<DiskFile>();
        try {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            open.add(disk.open(file.resolveSibling("large-" + i)));
                            open.getLast().map(1 << 30);
                        }
                    })
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("no memory");
        } finally {
            open.forEach(DiskFile::close);
        }
        assertThat(read(disk, file.resolveSibling("small"))).isEqualTo("stays");
    }
}
