package io.syncbn.deploy.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PageTest {

    /** The library is that of its release, which nobody has changed. */
    @Test
    void uplotIsThatOfVersion1_6_32() throws IOException, NoSuchAlgorithmException {
        try (InputStream in = Page.class.getResourceAsStream("uPlot.iife.min.js")) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
            assertThat(HexFormat.of().formatHex(digest))
                    .isEqualTo("19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f");
        }
    }

    @Test
    void aPageNeedsNothingFromElsewhere() {
        String html = Page.with("{}");
        assertThat(html).doesNotContain("src=", "@import", "url(", "/*DATA*/", "/*SCRIPT*/", "/*STYLE*/", "/*UPLOT*/");
        assertThat(html.replaceAll("https?://(github\\.com/leeoniya/uPlot|www\\.w3\\.org/2000/svg)", ""))
                .doesNotContain("http://", "https://");
    }

    /** A run may have any name, and a worker any reason. */
    @Test
    void noTextOfTheDataEndsItsElement() {
        String html = Page.with("{\"name\":\"</script><script>alert(1)</script>\"}");
        assertThat(html).contains("\\u003c/script>\\u003cscript>alert(1)").doesNotContain("<script>alert");
    }
}
