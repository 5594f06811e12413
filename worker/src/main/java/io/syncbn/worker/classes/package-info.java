/** Classes of the user's own, by name, from jars on the class path: models and data formats. */
package io.syncbn.worker.classes;
