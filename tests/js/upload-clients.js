/** Sends a file by tus-js-client: `node upload-clients.js parts|whole ENDPOINT TOKEN FILE`. */

import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { Upload } from "tus-js-client";

const [way, endpoint, token, file] = process.argv.slice(2);
const body = readFileSync(file);

/** In parts it stops after the first, and goes on as a new upload that knows the address. */
function send(uploadUrl = null) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(body, {
      endpoint,
      uploadUrl,
      headers: { Authorization: `Bearer ${token}` },
      chunkSize: way === "parts" ? 1024 * 1024 : Infinity,
      uploadSize: body.length,
      // As Uppy sends them, which is made of the same client.
      metadata: { relativePath: "null", name: "x", type: "video/mp4", filename: basename(file), filetype: "video/mp4" },
      onError: reject,
      onSuccess: () => resolve(upload.url),
      onChunkComplete() {
        if (way === "parts" && !uploadUrl) upload.abort().then(() => resolve(send(upload.url)));
      },
    });
    upload.start();
  });
}

process.stdout.write(`${await send()}\n`);
process.exit(0);
