package dev.embeddedbroker.coordinator.group;

/** Which protocol a group speaks; ListGroups tells and filters by the label. */
public enum GroupType {
    CLASSIC("classic"),
    CONSUMER("consumer"),
    SHARE("share"),
    STREAMS("streams");

    private final String label;

    GroupType(String label) {
        this.label = label;
    }

    /** The name clients know the type by. */
    public String label() {
        return label;
    }
}
