/** What coordinator and worker agree on to the bit. */
package io.syncbn.proto;
