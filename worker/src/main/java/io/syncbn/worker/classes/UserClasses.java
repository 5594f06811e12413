package io.syncbn.worker.classes;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Optional;

/** Makes objects of classes that are known by name only. */
public final class UserClasses {
    private UserClasses() {}

    /**
     * Makes an object.
     *
     * @param name of a public class with a public constructor without arguments
     * @param role what the class must implement
     * @param noun what messages call it, as in {@code a model}
     * @return empty if there is no such class
     * @throws UserClassException if the class exists, but no object of that role can be made from it
     */
    public static <T> Optional<T> make(String name, Class<T> role, String noun) {
        Optional<Class<?>> type = find(name);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        if (!role.isAssignableFrom(type.get())) {
            throw new UserClassException(
                    "class " + name + " is not " + noun + ": it does not implement " + role.getName(), null);
        }
        int modifiers = type.get().getModifiers();
        if (!Modifier.isPublic(modifiers) || Modifier.isAbstract(modifiers)) {
            throw new UserClassException(
                    "class " + name + " is not " + noun + ": it must be public and not abstract", null);
        }
        return Optional.of(role.cast(make(type.get())));
    }

    private static Optional<Class<?>> find(String name) {
        try {
            return Optional.of(Class.forName(name, true, Thread.currentThread().getContextClassLoader()));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        } catch (ExceptionInInitializerError e) {
            throw new UserClassException("class " + name + " cannot be loaded: " + e.getCause(), e);
        } catch (LinkageError e) {
            throw new UserClassException("class " + name + " cannot be loaded: " + e, e);
        }
    }

    private static Object make(Class<?> type) {
        String name = type.getName();
        try {
            return type.getConstructor().newInstance();
        } catch (NoSuchMethodException e) {
            throw new UserClassException("class " + name + " has no public constructor without arguments", e);
        } catch (InvocationTargetException e) {
            throw new UserClassException("the constructor of " + name + " failed: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new UserClassException("class " + name + " cannot be made: " + e, e);
        } catch (LinkageError e) {
            throw new UserClassException("class " + name + " cannot be loaded: " + e, e);
        }
    }
}
