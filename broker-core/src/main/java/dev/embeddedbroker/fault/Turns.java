package dev.embeddedbroker.fault;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which of the requests that meet a rule's conditions it strikes: by their number, by chance, and up to how many.
 *
 * <p><b>Owner:</b> the rule's lock.
 */
final class Turns {
    private final Setting setting;
    private final @Nullable SplittableRandom random;
    private long met;
    private long struck;

    /**
     * What was asked.
     *
     * @param first the number of the first request that may be struck, from 1
     * @param last the number of the last one
     * @param step from the first on, each so many
     * @param most how many may be struck
     * @param probability of each of those, 0 to 1
     * @param seed of the chance
     */
    record Setting(long first, long last, long step, long most, double probability, long seed) {
        static final Setting ALL = new Setting(1, Long.MAX_VALUE, 1, Long.MAX_VALUE, 1, 0);

        @Override
        public String toString() {
            var text = new StringBuilder();
            if (first == last) {
                text.append(", number ").append(first);
            } else if (last != Long.MAX_VALUE) {
                text.append(", the first ").append(last);
            } else if (step != 1) {
                text.append(", each ").append(step).append("th");
            } else if (first != 1) {
                text.append(", from number ").append(first);
            }
            if (most != Long.MAX_VALUE) {
                text.append(", at most ").append(most).append(" times");
            }
            if (probability < 1) {
                text.append(", with probability ")
                        .append(probability)
                        .append(" (seed ")
                        .append(seed)
                        .append(')');
            }
            return text.toString();
        }
    }

    Turns(Setting setting) {
        this.setting = setting;
        this.random = setting.probability < 1 ? new SplittableRandom(setting.seed) : null;
    }

    /** Whether the next request that meets the conditions is struck. */
    boolean next() {
        met++;
        boolean due = met >= setting.first && met <= setting.last && (met - setting.first) % setting.step == 0;
        boolean drawn = random == null || random.nextDouble() < setting.probability;
        if (!due || !drawn || struck >= setting.most) {
            return false;
        }
        struck++;
        return true;
    }

    /** Whether no request will be struck any more. */
    boolean isOver() {
        return met >= setting.last || struck >= setting.most;
    }

    long met() {
        return met;
    }

    @Override
    public String toString() {
        return setting.toString();
    }
}
