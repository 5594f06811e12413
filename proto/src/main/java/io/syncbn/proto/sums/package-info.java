/**
 * What both sides know of the sums beyond the tree: the table of their kinds, over which shards each is taken, and how long
 * arrays are cut.
 */
package io.syncbn.proto.sums;
