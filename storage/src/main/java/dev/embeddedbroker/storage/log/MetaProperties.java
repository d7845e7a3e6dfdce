package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whose log directory it is: {@code meta.properties}, version 1 (KIP-631, KIP-858).
 *
 * @param clusterId 22 characters of base64, as the directory id
 */
public record MetaProperties(String clusterId, int nodeId, String directoryId) {
    static final String FILE = "meta.properties";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{21}[AQgw]");

    static @Nullable MetaProperties read(Disk disk, Path directory) {
        Path path = directory.resolve(FILE);
        if (!disk.exists(path)) {
            return null;
        }
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(new String(disk.readAll(path), StandardCharsets.UTF_8)));
        } catch (IOException | IllegalArgumentException e) {
            throw new StorageException("could not parse " + path + ": " + e.getMessage(), e);
        }
        String version = properties.getProperty("version");
        if (!"1".equals(version)) {
            throw new StorageException(path + " has version " + version + " (expected: 1)");
        }
        String nodeId = required(properties, "node.id", path);
        String directoryId = required(properties, "directory.id", path);
        if (!ID.matcher(directoryId).matches()) {
            throw new StorageException(
                    path + " has directory.id " + directoryId + " (expected: 22 characters of base64)");
        }
        try {
            return new MetaProperties(required(properties, "cluster.id", path), Integer.parseInt(nodeId), directoryId);
        } catch (NumberFormatException e) {
            throw new StorageException(path + " has node.id " + nodeId + " (expected: a number)", e);
        }
    }

    private static String required(Properties properties, String key, Path path) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new StorageException(path + " has no " + key);
        }
        return value;
    }

    void write(Disk disk, Path directory) {
        String text = "#\ncluster.id=" + clusterId + "\ndirectory.id=" + directoryId + "\nnode.id=" + nodeId
                + "\nversion=1\n";
        disk.writeAtomically(directory.resolve(FILE), ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), true);
    }
}
