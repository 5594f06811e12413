package io.syncbn.worker.models;

import io.syncbn.proto.DidYouMean;
import io.syncbn.worker.classes.UserClassException;
import io.syncbn.worker.classes.UserClasses;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.ModelException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Models by name: the built-in ones, and classes on the class path. */
public final class Models {
    private static final Map<String, Architecture> BUILT_IN = new LinkedHashMap<>();

    static {
        BUILT_IN.put("mlp", new Mlp());
        BUILT_IN.put("lenet", new LeNet());
        BUILT_IN.put("resnet8", new CifarResNet(8));
        BUILT_IN.put("resnet14", new CifarResNet(14));
        BUILT_IN.put("resnet20", new CifarResNet(20));
        BUILT_IN.put("resnet32", new CifarResNet(32));
        BUILT_IN.put("resnet56", new CifarResNet(56));
        BUILT_IN.put("resnet18", new ImageNetResNet(BasicBlock::add, 2, 2, 2, 2));
        BUILT_IN.put("resnet34", new ImageNetResNet(BasicBlock::add, 3, 4, 6, 3));
        BUILT_IN.put("resnet50", new ImageNetResNet(Bottleneck::add, 3, 4, 6, 3));
        BUILT_IN.put("vgg11-bn", new Vgg11());
    }

    private Models() {}

    /**
     * Finds a model.
     *
     * @param name of a built-in model, or of a public class with a public constructor without arguments
     * @throws ModelException if there is none, or it cannot be made
     */
    public static Architecture named(String name) {
        Architecture builtIn = BUILT_IN.get(name);
        return builtIn != null ? builtIn : fromClass(name);
    }

    /** Names of the built-in models. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(BUILT_IN.keySet());
    }

    private static Architecture fromClass(String name) {
        try {
            return UserClasses.make(name, Architecture.class, "a model")
                    .orElseThrow(() -> new ModelException(unknown(name)));
        } catch (UserClassException e) {
            throw new ModelException(e.getMessage(), e);
        }
    }

    private static String unknown(String name) {
        return "there is no model \"" + name + "\", and no class of that name on the class path"
                + " (built in: " + String.join(", ", BUILT_IN.keySet()) + ")"
                + DidYouMean.hint(name, BUILT_IN.keySet());
    }
}
