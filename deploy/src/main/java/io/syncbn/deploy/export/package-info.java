/** What {@code syncbn export} writes: a run in the formats of other programs. */
package io.syncbn.deploy.export;
