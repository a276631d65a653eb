import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key and its certificate, PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** Why there can be no certificates; undefined if there can. */
export function certificatesMissing(): string | undefined {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "openssl is not installed: apt-get install openssl";
  }
}

/** A certificate authority for one test file, good for a day. */
export class Authority {
  readonly #directory = mkdtempSync(join(tmpdir(), "assay-ca-"));
  readonly certificate: string;
  #issued = 0;

  constructor(name: string) {
    this.#openssl(
      ["req", "-x509", "-days", "1", "-nodes", "-subj", `/CN=${name}`],
      ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
      ["-keyout", "ca.key", "-out", "ca.pem"],
      ["-addext", "keyUsage=critical,keyCertSign,digitalSignature"],
    );
    this.certificate = this.#read("ca.pem");
  }

  /** Makes a certificate for a server at these addresses, or for a client if there are none. */
  issue(name: string, addresses: readonly string[] = []): Identity {
    const file = `${++this.#issued}`;
    const alternatives = ["DNS:localhost", ...addresses.map((address) => `IP:${address}`)].join(",");
    writeFileSync(
      join(this.#directory, `${file}.ext`),
      `subjectAltName=${alternatives}\nextendedKeyUsage=serverAuth,clientAuth\n`,
    );
    this.#openssl(
      ["req", "-new", "-nodes", "-subj", `/CN=${name}`],
      ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
      ["-keyout", `${file}.key`, "-out", `${file}.csr`],
    );
    this.#openssl(
      ["x509", "-req", "-days", "1", "-in", `${file}.csr`, "-out", `${file}.pem`, "-extfile", `${file}.ext`],
      ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
    );
    return { certificate: this.#read(`${file}.pem`), key: this.#read(`${file}.key`) };
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #openssl(...options: readonly string[][]): void {
    execFileSync("openssl", options.flat(), { cwd: this.#directory, stdio: "pipe" });
  }

  #read(file: string): string {
    return readFileSync(join(this.#directory, file), "utf8");
  }
}
