/** Everything that puts coordinator and workers together; the only module that sees both. */
package io.syncbn.deploy;
