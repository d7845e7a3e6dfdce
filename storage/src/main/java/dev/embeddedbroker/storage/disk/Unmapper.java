package dev.embeddedbroker.storage.disk;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/**
 * Maps files, and takes memory, so that it can be given back: the one class that touches JDK internals.
 *
 * <p>Up to JDK 21 a mapped buffer can be freed only by {@code sun.misc.Unsafe.invokeCleaner}, which newer JDKs report as
 * terminally deprecated. From 22 on a mapping can belong to a {@code java.lang.foreign.Arena}, whose {@code close} is
 * the supported way. Both are reached through method handles, since we compile for 17.
 */
abstract class Unmapper {

    private static final int FIRST_RELEASE_WITH_ARENA = 22;

    static Unmapper forThisRuntime() {
        try {
            return Runtime.version().feature() >= FIRST_RELEASE_WITH_ARENA ? new ByArena() : new ByCleaner();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK offers no way to unmap a file: " + Runtime.version(), e);
        }
    }

    abstract Mapping map(FileChannel channel, long sizeBytes) throws IOException;

    /**
     * Memory outside the heap, zeroed and writable, given back by {@link Mapping#unmap}.
     *
     * @throws OutOfMemoryError when the JVM's limit of direct memory does not allow it
     */
    abstract Mapping allocate(int sizeBytes);

    private static RuntimeException bug(Throwable cause) {
        return new IllegalStateException("mapping or unmapping failed inside the JDK", cause);
    }

    /** JDK 17 to 21. */
    private static final class ByCleaner extends Unmapper {
        private final MethodHandle invokeCleaner;

        ByCleaner() throws ReflectiveOperationException {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            invokeCleaner = MethodHandles.lookup()
                    .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                    .bindTo(instance.get(null));
        }

        @Override
        Mapping map(FileChannel channel, long sizeBytes) throws IOException {
            return freeable(channel.map(MapMode.READ_ONLY, 0, sizeBytes));
        }

        @Override
        Mapping allocate(int sizeBytes) {
            return freeable(ByteBuffer.allocateDirect(sizeBytes));
        }

        private Mapping freeable(ByteBuffer mapped) {
            return new Mapping() {
                @Override
                public ByteBuffer bytes() {
                    return mapped;
                }

                @Override
                public void unmap() {
                    try {
                        invokeCleaner.invokeExact(mapped);
                    } catch (Throwable e) {
                        throw bug(e);
                    }
                }
            };
        }
    }

    /** JDK 22 and later. */
    private static final class ByArena extends Unmapper {
        private final MethodHandle newArena;
        private final MethodHandle map;
        private final MethodHandle allocate;
        private final MethodHandle asByteBuffer;

        ByArena() throws ReflectiveOperationException {
            Class<?> arena = Class.forName("java.lang.foreign.Arena");
            Class<?> memory = Class.forName("java.lang.foreign.MemorySegment");
            var lookup = MethodHandles.publicLookup();
            newArena = lookup.findStatic(arena, "ofShared", MethodType.methodType(arena));
            map = lookup.findVirtual(
                    FileChannel.class,
                    "map",
                    MethodType.methodType(memory, MapMode.class, long.class, long.class, arena));
            allocate = lookup.findVirtual(arena, "allocate", MethodType.methodType(memory, long.class));
            asByteBuffer = lookup.findVirtual(memory, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
        }

        @Override
        Mapping map(FileChannel channel, long sizeBytes) throws IOException {
            try {
                AutoCloseable arena = (AutoCloseable) newArena.invoke();
                return freeable(
                        (ByteBuffer) asByteBuffer.invoke(map.invoke(channel, MapMode.READ_ONLY, 0L, sizeBytes, arena)),
                        arena);
            } catch (IOException | RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw bug(e);
            }
        }

        @Override
        Mapping allocate(int sizeBytes) {
            try {
                AutoCloseable arena = (AutoCloseable) newArena.invoke();
                return freeable((ByteBuffer) asByteBuffer.invoke(allocate.invoke(arena, (long) sizeBytes)), arena);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw bug(e);
            }
        }

        private static Mapping freeable(ByteBuffer bytes, AutoCloseable arena) {
            return new Mapping() {
                @Override
                public ByteBuffer bytes() {
                    return bytes;
                }

                @Override
                public void unmap() {
                    try {
                        arena.close();
                    } catch (Exception e) {
                        throw bug(e);
                    }
                }
            };
        }
    }
}
