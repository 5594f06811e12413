/**
 * What both sides know about sums beyond the tree: the table of kinds, the shards each is taken over, and how long
 * arrays are cut into chunks.
 */
package io.syncbn.proto.sums;
