/**
 * The job: everything that decides a result, and nothing else.
 *
 * <p>{@link io.syncbn.proto.job.JobSettings} is the one list of names, defaults and meanings, from which the command line,
 * the YAML file, {@code --help} and the fingerprint are made. {@link io.syncbn.proto.job.Job} is the checked, typed form.
 */
package io.syncbn.proto.job;
