/**
 * The one idea: every sum is taken in the order of one fixed binary tree over shard numbers.
 *
 * <p>Float addition is not associative, so a sum's bits depend on its order. Here the order is a property of the number
 * of shards alone: leaf {@code i} is shard {@code i}'s value, the node at {@code (level, position)} covers the shards
 * {@code position·2^level … (position+1)·2^level − 1} as far as they exist, and its value is left + right; a node with
 * one child is that child. A worker folds its run of shards into the fewest complete nodes; the coordinator folds on to
 * the root. In whatever order values arrive, every process computes only nodes of this tree, and so the same bits.
 */
package io.syncbn.proto.tree;
