package io.syncbn.worker.nn;

/** The normalizers that a model may ask for without knowing their classes. */
public interface Norms {

    /** The one that the job asks for. */
    Normalizer ofJob();

    /**
     * One by name, with the job's other settings.
     *
     * @param text name and arguments, as {@code --norm} takes them
     * @throws ModelException if there is none of that name, or its arguments are wrong
     */
    Normalizer named(String text);

    /** How the weights of convolutions follow from parameters. */
    Parametrization weights();

    /** How the weights of dense layers do. */
    Parametrization weightsOfDense();
}
