package io.syncbn.coordinator.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailboxTest {

    @Test
    void urgentTasksGoFirstAndEachClassKeepsItsOrder() throws InterruptedException {
        Mailbox mailbox = new Mailbox();
        List<String> ran = new ArrayList<>();
        mailbox.bulk().execute(() -> ran.add("chunk 0"));
        mailbox.urgent().execute(() -> ran.add("moments 0"));
        mailbox.bulk().execute(() -> ran.add("chunk 1"));
        mailbox.urgent().execute(() -> ran.add("moments 1"));
        for (int i = 0; i < 5; i++) {
            mailbox.runNext(0);
        }
        assertThat(ran).containsExactly("moments 0", "moments 1", "chunk 0", "chunk 1");
    }
}
