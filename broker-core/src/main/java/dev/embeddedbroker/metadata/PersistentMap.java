package dev.embeddedbroker.metadata;

import java.util.AbstractCollection;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map whose {@link #with} and {@link #without} share all but one path with the map they start from.
 *
 * <p>It keeps the cost of one more topic at O(log n) time and memory however many there are, and its order makes
 * listings and cursors repeatable.
 *
 * <p><b>Owner:</b> none; immutable, any thread.
 */
final class PersistentMap<K, V> {

    /* An AVL tree. Nodes are never changed; an update copies the path from the root to the place it touches. */

    private final Comparator<? super K> order;
    private final @Nullable Node<K, V> root;

    private PersistentMap(Comparator<? super K> order, @Nullable Node<K, V> root) {
        this.order = order;
        this.root = root;
    }

    static <K extends Comparable<? super K>, V> PersistentMap<K, V> empty() {
        return empty(Comparator.naturalOrder());
    }

    static <K, V> PersistentMap<K, V> empty(Comparator<? super K> order) {
        return new PersistentMap<>(order, null);
    }

    int size() {
        return root == null ? 0 : root.size;
    }

    @Nullable
    V get(K key) {
        var node = root;
        while (node != null) {
            int side = order.compare(key, node.key);
            if (side == 0) return node.value;
            node = side < 0 ? node.left : node.right;
        }
        return null;
    }

    PersistentMap<K, V> with(K key, V value) {
        return new PersistentMap<>(order, put(root, key, value));
    }

    PersistentMap<K, V> without(K key) {
        return get(key) == null ? this : new PersistentMap<>(order, remove(root, key));
    }

    /** The keys in order. */
    Collection<K> keys() {
        return view(null, node -> node.key);
    }

    /** The values in the order of their keys. */
    Collection<V> values() {
        return view(null, node -> node.value);
    }

    /** The values whose key is at or after {@code first}, in the order of their keys. */
    Collection<V> valuesFrom(K first) {
        return view(first, node -> node.value);
    }

    private <T> Collection<T> view(@Nullable K first, Function<Node<K, V>, T> what) {
        return new AbstractCollection<>() {
            @Override
            public Iterator<T> iterator() {
                return new Walk<>(PersistentMap.this, first, what);
            }

            @Override
            public int size() {
                if (first == null) return PersistentMap.this.size();
                int count = 0;
                for (var walk = iterator(); walk.hasNext(); walk.next()) count++;
                return count;
            }

            @Override
            public boolean isEmpty() {
                return !iterator().hasNext();
            }
        };
    }

    private Node<K, V> put(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) return new Node<>(key, value, null, null);
        int side = order.compare(key, node.key);
        if (side == 0) return new Node<>(key, value, node.left, node.right);
        return side < 0
                ? balanced(node.key, node.value, put(node.left, key, value), node.right)
                : balanced(node.key, node.value, node.left, put(node.right, key, value));
    }

    private @Nullable Node<K, V> remove(@Nullable Node<K, V> node, K key) {
        if (node == null) return null;
        int side = order.compare(key, node.key);
        if (side < 0) return balanced(node.key, node.value, remove(node.left, key), node.right);
        if (side > 0) return balanced(node.key, node.value, node.left, remove(node.right, key));
        if (node.left == null) return node.right;
        if (node.right == null) return node.left;
        var next = node.right;
        while (next.left != null) next = next.left;
        return balanced(next.key, next.value, node.left, remove(node.right, next.key));
    }

    private static <K, V> Node<K, V> balanced(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        int lean = height(left) - height(right);
        if (left != null && lean > 1) {
            var middle = left.right;
            if (middle == null || height(left.left) >= height(middle)) {
                return new Node<>(left.key, left.value, left.left, new Node<>(key, value, middle, right));
            }
            return new Node<>(
                    middle.key,
                    middle.value,
                    new Node<>(left.key, left.value, left.left, middle.left),
                    new Node<>(key, value, middle.right, right));
        }
        if (right != null && lean < -1) {
            var middle = right.left;
            if (middle == null || height(right.right) >= height(middle)) {
                return new Node<>(right.key, right.value, new Node<>(key, value, left, middle), right.right);
            }
            return new Node<>(
                    middle.key,
                    middle.value,
                    new Node<>(key, value, left, middle.left),
                    new Node<>(right.key, right.value, middle.right, right.right));
        }
        return new Node<>(key, value, left, right);
    }

    private static int height(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height;
    }

    private static final class Node<K, V> {
        final K key;
        final V value;
        final @Nullable Node<K, V> left;
        final @Nullable Node<K, V> right;
        final int height;
        final int size;

        Node(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.height = 1 + Math.max(height(left), height(right));
            this.size = 1 + (left == null ? 0 : left.size) + (right == null ? 0 : right.size);
        }
    }

    private static final class Walk<K, V, T> implements Iterator<T> {
        private final Deque<Node<K, V>> path = new ArrayDeque<>();
        private final Function<Node<K, V>, T> what;

        Walk(PersistentMap<K, V> map, @Nullable K first, Function<Node<K, V>, T> what) {
            this.what = what;
            var node = map.root;
            while (node != null) {
                if (first != null && map.order.compare(node.key, first) < 0) {
                    node = node.right;
                } else {
                    path.push(node);
                    node = node.left;
                }
            }
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public T next() {
            var node = path.poll();
            if (node == null) throw new NoSuchElementException("the map has no more entries");
            for (var below = node.right; below != null; below = below.left) path.push(below);
            return what.apply(node);
        }
    }
}
