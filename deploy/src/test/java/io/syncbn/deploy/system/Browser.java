package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** Debian's Chromium, where it is installed, to look at pages as people do. */
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Opens one; the test is skipped where there is none. */
    static Browser open(int width, int height) {
        Assumptions.assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "skipped: there is no " + CHROMIUM + " with its " + DRIVER);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        // no-sandbox: root may not have one. dev-shm: containers give little of it.
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(DRIVER.toString()))
                .usingAnyFreePort()
                .build();
        ChromeDriver driver = new ChromeDriver(service, options);
        driver.manage().window().setSize(new Dimension(width, height));
        return new Browser(driver);
    }

    /** As a telephone: narrower than the least width of a window. */
    void narrow(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", true));
    }

    void get(String url) {
        driver.get(url);
    }

    void click(String selector) {
        driver.findElement(By.cssSelector(selector)).click();
    }

    /** Presses keys one after the other, wherever the focus is. */
    void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    String text(String selector) {
        return driver.findElement(By.cssSelector(selector)).getText();
    }

    /** The value of an expression in the page. */
    Object eval(String expression) {
        return driver.executeScript("return " + expression);
    }

    /** Waits until an expression in the page is true. */
    void await(String what, Duration patience, String expression) throws InterruptedException {
        Syncbn.await(what, patience, () -> Boolean.TRUE.equals(eval(expression)));
    }

    void assertNothingWentWrong() {
        List<LogEntry> complaints = driver.manage().logs().get(LogType.BROWSER).getAll();
        assertThat(complaints).as("what the browser complains of").isEmpty();
        assertThat(eval("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                .as("whether the page is as wide as the window")
                .isEqualTo(true);
    }

    /** A picture for people, where a test's results are. */
    void keepPicture(String name) throws Exception {
        Path pictures = Files.createDirectories(Path.of("target", "pictures"));
        Files.write(pictures.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
