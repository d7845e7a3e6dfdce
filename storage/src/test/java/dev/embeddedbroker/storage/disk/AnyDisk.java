package dev.embeddedbroker.storage.disk;

/** The disks that a log can be on. */
public enum AnyDisk {
    FILES {
        @Override
        public Disk make() {
            return new MappedDisk();
        }
    },
    MEMORY {
        @Override
        public Disk make() {
            return new MemoryDisk();
        }
    };

    public abstract Disk make();
}
