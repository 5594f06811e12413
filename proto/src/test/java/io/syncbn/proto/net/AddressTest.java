package io.syncbn.proto.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

    @Test
    void readsHostAndPort() {
        assertThat(Address.parse("10.0.0.7:4600")).isEqualTo(new Address("10.0.0.7", 4600));
        assertThat(Address.parse("localhost:0")).isEqualTo(new Address("localhost", 0));
        assertThat(Address.parse("local:4600")).isEqualTo(new Address("local", 4600));
        assertThat(Address.parse("local:[::1]:1")).isEqualTo(new Address("::1", 1).local());
        assertThat(Address.parse("[::1]:65535")).isEqualTo(new Address("::1", 65535));
    }

    @Test
    void writesWhatItReads() {
        assertThat(Address.parse("host:1")).hasToString("host:1");
        assertThat(Address.parse("[fe80::2]:1")).hasToString("[fe80::2]:1");
        assertThat(Address.parse("local:127.0.0.1:7800")).hasToString("local:127.0.0.1:7800");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":80", "host:65536", "host:-1", "host:port", "::1:80", "[]:1"})
    void saysWhatIsWrong(String text) {
        assertThatThrownBy(() -> Address.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is no address; expected HOST:PORT, such as 10.0.0.7:4600");
    }
}
