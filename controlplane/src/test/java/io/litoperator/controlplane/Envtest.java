package io.litoperator.controlplane;

import io.fabric8.kubeapitest.binary.OSInfo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.net.spi.URLStreamHandlerProvider;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** What envtest publishes, in the place of all that there is by HTTPS. */
public final class Envtest extends URLStreamHandlerProvider {
  private static final String INDEX =
      "https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml";
  private static final OSInfo MACHINE = new OSInfo();
  private static final String FILE =
      "envtest-v%s-" + MACHINE.getOSName() + "-" + MACHINE.getOSArch() + ".tar.gz";
  private static final String RELEASE =
      "https://github.com/kubernetes-sigs/controller-tools/releases/download/envtest-v%s/";

  private static final Map<String, byte[]> PUBLISHED = new ConcurrentHashMap<>();

  static void publish(String... versions) {
    StringBuilder index = new StringBuilder("releases:\n");
    for (String version : versions) {
      String file = FILE.formatted(version);
      String link = RELEASE.formatted(version) + file;
      PUBLISHED.put(link, archive(version));
      index.append(
          """
            v%s:
              %s:
                hash: none
                selfLink: %s
          """
              .formatted(version, file, link));
    }
    PUBLISHED.put(INDEX, index.toString().getBytes(StandardCharsets.UTF_8));
  }

  static void takeDown() {
    PUBLISHED.clear();
  }

  private static byte[] archive(String version) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (String name : List.of("etcd", "kube-apiserver", "kubectl")) {
        byte[] content = (name + " " + version).getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry("controller-tools/envtest/" + name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public URLStreamHandler createURLStreamHandler(String protocol) {
    return protocol.equals("https") ? new Handler() : null;
  }

  private static final class Handler extends URLStreamHandler {
    @Override
    protected URLConnection openConnection(URL url) {
      return new URLConnection(url) {
        @Override
        public void connect() {}

        @Override
        public InputStream getInputStream() throws IOException {
          byte[] content = PUBLISHED.get(url.toString());
          if (content == null) {
            throw new IOException("no network");
          }
          return new ByteArrayInputStream(content);
        }
      };
    }

    @Override
    protected int getDefaultPort() {
      return 443;
    }
  }
}
