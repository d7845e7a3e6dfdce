package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint file as Kafka writes it: text, one line for the version (0), one for the count, one for each entry.
 * Replaced as a whole.
 */
public final class Checkpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
    private static final String VERSION = "0";

    private Checkpoint() {}

    /** The entries, each split at its spaces; none when there is no file, or one that is damaged. */
    static List<String[]> read(Disk disk, Path path, int fields) {
        List<String[]> entries = readWhole(disk, path, fields);
        return entries == null ? List.of() : entries;
    }

    /** The entries, each split at its spaces; none when there is no file, null when it is damaged. */
    static @Nullable List<String[]> readWhole(Disk disk, Path path, int fields) {
        if (!disk.exists(path)) {
            return List.of();
        }
        String text = new String(disk.readAll(path), StandardCharsets.UTF_8);
        List<String> lines = text.lines().toList();
        try {
            if (!text.endsWith("\n")) {
                throw new StorageException("its last line is cut off");
            }
            if (lines.size() < 2 || !lines.get(0).trim().equals(VERSION)) {
                throw new StorageException("it begins with " + lines + " (expected: version " + VERSION + ")");
            }
            int count = Integer.parseInt(lines.get(1).trim());
            if (count != lines.size() - 2) {
                throw new StorageException((lines.size() - 2) + " entries (expected: " + count + ")");
            }
            List<String[]> entries = new ArrayList<>(count);
            for (int i = 2; i < lines.size(); i++) {
                String[] entry = lines.get(i).trim().split("\\s+");
                if (entry.length != fields) {
                    throw new StorageException("line '" + lines.get(i) + "' (expected: " + fields + " fields)");
                }
                entries.add(entry);
            }
            return entries;
        } catch (NumberFormatException | StorageException e) {
            LOG.warn("{} is damaged and not used: {}", path, e.getMessage());
            return null;
        }
    }

    static void write(Disk disk, Path path, Collection<String> lines, boolean force) {
        StringBuilder text = new StringBuilder(16 + lines.size() * 16);
        text.append(VERSION).append('\n').append(lines.size()).append('\n');
        for (String line : lines) {
            text.append(line).append('\n');
        }
        disk.writeAtomically(path, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)), force);
    }
}
