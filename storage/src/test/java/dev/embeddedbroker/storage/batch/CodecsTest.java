package dev.embeddedbroker.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.Callable;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class CodecsTest {

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = Mode.EXCLUDE, names = "NONE")
    void streamsOfAnySizeAreReadByKafkaAndKafkasByUs(Compression compression) throws IOException {
        Random random = new Random(41);
        var decompressor = Codecs.decompressor(compression);
        for (int size : new int[] {0, 1, 100, 32 * 1024, 64 * 1024, 64 * 1024 + 1, 300_000}) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            for (int i = 0; i < size / 2; i++) {
                bytes[i] = (byte) (i >> 8);
            }
            int level = Sample.level(random, compression);
            var theirs = Kafka.compression(compression, level);

            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (OutputStream out = Codecs.compress(compression, level, packed)) {
                out.write(bytes, 0, size / 3);
                out.write(bytes, size / 3, size - size / 3);
            }
            try (InputStream in =
                    theirs.wrapForInput(ByteBuffer.wrap(packed.toByteArray()), (byte) 2, BufferSupplier.NO_CACHING)) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }

            ByteBufferOutputStream packedByThem = new ByteBufferOutputStream(100);
            try (OutputStream out = theirs.wrapForOutput(packedByThem, (byte) 2)) {
                out.write(bytes);
            }
            ByteBuffer direct = ByteBuffer.allocateDirect(packedByThem.position());
            direct.put(packedByThem.buffer().flip()).flip();
            try (InputStream in = Codecs.open(compression, decompressor, direct)) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }
        }
        decompressor.close();
    }

    @Test
    void snappyWithoutAFrameAndFramesJoinedAreRead() throws IOException {
        var snappy = Codecs.decompressor(Compression.SNAPPY);
        byte[] hello = "hello hello hello".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        try (InputStream in = snappy.open(ByteBuffer.wrap(org.xerial.snappy.Snappy.compress(hello)))) {
            assertThat(in.readAllBytes()).isEqualTo(hello);
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < 2; i++) {
            try (OutputStream out = Codecs.compress(Compression.SNAPPY, 0, joined)) {
                out.write(hello);
            }
        }
        try (InputStream in = snappy.open(ByteBuffer.wrap(joined.toByteArray()))) {
            assertThat(in.readAllBytes()).hasSize(2 * hello.length);
        }
    }

    /** Runs in a class loader that has our classes but no compression library. */
    public static final class WithoutLibraries implements Callable<String> {
        @Override
        public String call() {
            StringBuilder told = new StringBuilder();
            BatchCheck check = new BatchCheck();
            for (Compression compression : Compression.values()) {
                told.append(compression).append(Codecs.isAvailable(compression) ? " here;" : " missing;");
                ByteBuffer batch = new RecordBatchBuilder()
                        .append(Sample.NOW, null, new byte[] {1})
                        .build();
                batch.putShort(RecordBatchView.ATTRIBUTES, (short) compression.id());
                RecordBatchView.of(batch).stampCrc();
                if (Codecs.isAvailable(compression)) {
                    continue;
                }
                CheckedRecords passed =
                        check.check(batch.duplicate(), AppendOrigin.CLIENT, BatchRules.DEFAULT, 8, 1, Sample.NOW);
                told.append(passed.recordsWalked() ? "walked;" : "as sent;")
                        .append(passed.maxTimestampMs() == Sample.NOW);
                batch.putLong(0, 0);
                try {
                    check.check(
                            batch,
                            AppendOrigin.CLIENT,
                            BatchRules.DEFAULT.withCompression(Compression.GZIP, -1),
                            8,
                            1,
                            Sample.NOW);
                } catch (RecordsRefused refused) {
                    String message = refused.getMessage();
                    told.append(';').append(refused.reason()).append(message.substring(message.lastIndexOf(' ')));
                }
                told.append(';');
            }
            return told.toString();
        }
    }

    @Test
    void withoutTheirLibrariesBatchesPassAsSentAndNewCompressionNamesTheArtifact() throws Exception {
        URL[] ours = {
            RecordBatchView.class.getProtectionDomain().getCodeSource().getLocation(),
            CodecsTest.class.getProtectionDomain().getCodeSource().getLocation()
        };
        try (URLClassLoader bare = new URLClassLoader(ours, ClassLoader.getPlatformClassLoader())) {
            Object inside = bare.loadClass(WithoutLibraries.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            Object told;
            try {
                told = inside.getClass().getMethod("call").invoke(inside);
            } catch (InvocationTargetException e) {
                throw new AssertionError(e.getCause());
            }
            assertThat(told)
                    .isEqualTo("NONE here;GZIP here;"
                            + "SNAPPY missing;as sent;true;UNSUPPORTED_COMPRESSION_TYPE org.xerial.snappy:snappy-java;"
                            + "LZ4 missing;as sent;true;UNSUPPORTED_COMPRESSION_TYPE at.yawk.lz4:lz4-java;"
                            + "ZSTD missing;as sent;true;UNSUPPORTED_COMPRESSION_TYPE com.github.luben:zstd-jni;");
        }
    }
}
