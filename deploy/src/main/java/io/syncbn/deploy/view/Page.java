package io.syncbn.deploy.view;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The page's text: one file, with its styles, its scripts and its data inside. */
final class Page {
    private static final String LIVE = "{\"isLive\":true}";

    private Page() {}

    /** A page that asks its server for its data. */
    static String live() {
        return with(LIVE);
    }

    /** A page that holds its data, and needs nothing else. */
    static String with(String json) {
        // A "<" occurs within JSON's strings only, where this means the same: no text can end the script.
        return resource("page.html")
                .replace("/*STYLE*/", resource("uPlot.min.css") + resource("page.css"))
                .replace("/*UPLOT*/", "/*" + resource("uPlot.LICENSE") + "*/" + resource("uPlot.iife.min.js"))
                .replace("/*SCRIPT*/", resource("charts.js") + resource("page.js"))
                .replace("/*DATA*/", json.replace("<", "\\u003c"));
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
