package dev.embeddedbroker.explain;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name somebody may have meant. */
final class Nearest {

    private Nearest() {}

    /** The nearest of the names that is another one, and near enough: a third of it may be wrong. */
    static Optional<String> of(String wanted, Collection<String> names) {
        int most = Math.max(2, wanted.length() / 3);
        return names.stream()
                .filter(name -> !name.equals(wanted))
                .filter(name -> distance(wanted, name) <= most)
                .min(Comparator.comparingInt(name -> distance(wanted, name)));
    }

    /** How many letters have to be changed, added or taken away, whatever their case. */
    static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j - 1], row[j]) + 1);
            }
        }
        return row[b.length()];
    }
}
