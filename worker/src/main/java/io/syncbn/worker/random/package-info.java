/** Random numbers that depend on what they are for and on nothing else. */
package io.syncbn.worker.random;
