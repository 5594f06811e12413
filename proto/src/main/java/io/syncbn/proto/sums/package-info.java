/** What is known of each sum beyond the tree, on both sides: into which chunks it is cut. */
package io.syncbn.proto.sums;
