package io.litoperator.worker.transfer;

import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A server's certificate that it has signed itself, for this machine.
 *
 * @param keys a PKCS #12 file with certificate and key
 * @param authority the certificate as PEM
 */
public record TestCertificate(Path keys, Path authority) {
  public static final String PASSWORD = "changeit";
  private static final String ALIAS = "server";

  /** Writes {@code <name>.p12} and {@code <authority>} into a folder. */
  public static TestCertificate make(Path folder, String name, String authority) throws Exception {
    Path keys = folder.resolve(name + ".p12");
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-ext",
            "san=ip:127.0.0.1,dns:localhost",
            "-keystore",
            keys.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD)
        .inheritIO()
        .start()
        .waitFor();
    TestCertificate made = new TestCertificate(keys, folder.resolve(authority));
    byte[] certificate = made.store().getCertificate(ALIAS).getEncoded();
    Files.writeString(
        made.authority,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(certificate)
            + "\n-----END CERTIFICATE-----\n");
    return made;
  }

  private KeyStore store() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(keys.toFile())) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  /** Of a server that has it. */
  public SSLContext context() throws Exception {
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(store(), PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    return tls;
  }
}
