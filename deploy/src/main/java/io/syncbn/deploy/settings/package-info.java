/**
 * What the user asked for: flags, a YAML file, defaults, and every problem with them at once.
 *
 * <p>A flag beats the file, the file beats the default. {@link io.syncbn.deploy.settings.RunSettings} holds the names that
 * say how a job is run; those that decide its result stand in {@link io.syncbn.proto.job.JobSettings}.
 */
package io.syncbn.deploy.settings;
