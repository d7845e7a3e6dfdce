package dev.embeddedbroker.protocol.generator;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** A digest of everything the output depends on: the schemas and the generator's own classes. */
record Stamp(String digest) {

    static Stamp of(List<Path> schemas, Class<?> generator) throws IOException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            add(sha, schemas);
            CodeSource source = generator.getProtectionDomain().getCodeSource();
            try (Stream<Path> walk = Files.walk(Path.of(source.getLocation().toURI()))) {
                add(sha, walk.filter(Files::isRegularFile).sorted().toList());
            }
            return new Stamp(HexFormat.of().formatHex(sha.digest()));
        } catch (NoSuchAlgorithmException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(MessageDigest sha, List<Path> files) throws IOException {
        for (Path file : files) {
            byte[] content = Files.readAllBytes(file);
            sha.update((file.getFileName() + " " + content.length + "\n").getBytes(StandardCharsets.UTF_8));
            sha.update(content);
        }
    }

    boolean isIn(Path file) throws IOException {
        return Files.exists(file) && Files.readString(file).equals(digest);
    }

    void writeTo(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, digest);
    }
}
