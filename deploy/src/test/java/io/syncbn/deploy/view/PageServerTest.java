package io.syncbn.deploy.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.net.Address;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PageServerTest {
    private static final PageServer.Lines ECHO = (run, file, place, found) -> found.accept(run + file + place);

    private static HttpURLConnection get(PageServer server, String path) throws IOException {
        return (HttpURLConnection) URI.create(server.url() + path).toURL().openConnection();
    }

    @Test
    void servesThePageAndLines() throws IOException {
        try (PageServer server = new PageServer(new Address("127.0.0.1", 0), ECHO, () -> {})) {
            assertThat(new String(get(server, "").getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("<!doctype html>")
                    .contains("{\"isLive\":true}");
            assertThat(get(server, "lines?run=a&file=b&near=c").getInputStream().readAllBytes())
                    .isEqualTo("abc".getBytes(StandardCharsets.UTF_8));
            assertThat(get(server, "other").getResponseCode()).isEqualTo(404);
        }
    }

    @Test
    void readersGetWhatIsPublishedAndNoMoreThanSomeAreTaken() throws IOException {
        AtomicInteger came = new AtomicInteger();
        List<HttpURLConnection> open = new ArrayList<>();
        try (PageServer server = new PageServer(new Address("127.0.0.1", 0), ECHO, came::incrementAndGet)) {
            List<BufferedReader> readers = new ArrayList<>();
            for (int i = 0; i < PageServer.MOST_READERS; i++) {
                HttpURLConnection connection = get(server, "data");
                open.add(connection);
                readers.add(
                        new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8)));
            }
            assertThat(get(server, "data").getResponseCode()).isEqualTo(503);
            assertThat(came).hasValue(PageServer.MOST_READERS);
            server.publish("{\"runs\":[]}");
            for (BufferedReader reader : readers) {
                assertThat(reader.readLine()).isEqualTo("data: {\"runs\":[]}");
            }
        } finally {
            open.forEach(HttpURLConnection::disconnect);
        }
    }

    /** A name that somebody has made lead here. */
    @Test
    void otherHostsAreNotServed() throws IOException {
        try (PageServer server = new PageServer(new Address("127.0.0.1", 0), ECHO, () -> {});
                Socket other = new Socket("127.0.0.1", URI.create(server.url()).getPort())) {
            other.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: pages.example:80\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403 Forbidden")
                    .endsWith("the page and its data are not for other hosts\n");
        }
    }

    /** One that takes nothing must not hold what is published for ever, nor keep others from it. */
    @Test
    void aReaderThatTakesNothingGetsNoMore() throws IOException {
        String large = "{\"x\":\"" + "y".repeat(200_000) + "\"}";
        try (PageServer server = new PageServer(new Address("127.0.0.1", 0), ECHO, () -> {});
                Socket idle = new Socket("127.0.0.1", URI.create(server.url()).getPort())) {
            idle.getOutputStream()
                    .write("GET /data HTTP/1.1\r\nHost: localhost:7900\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            HttpURLConnection connection = get(server, "data");
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                for (int i = 0; i < 100; i++) {
                    server.publish(large);
                    assertThat(reader.readLine()).hasSize(large.length() + 6);
                    assertThat(reader.readLine()).isEmpty();
                }
            }
        }
    }
}
