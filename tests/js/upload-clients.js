/** Sends a file by clients of others: `node upload-clients.js parts|whole|uppy ENDPOINT TOKEN FILE`. */

import { readFileSync } from "node:fs";
import { basename } from "node:path";

import Uppy from "@uppy/core";
import Tus from "@uppy/tus";
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
      metadata: { filename: basename(file), filetype: "video/mp4" },
      onError: reject,
      onSuccess: () => resolve(upload.url),
      onChunkComplete() {
        if (way === "parts" && !uploadUrl) upload.abort().then(() => resolve(send(upload.url)));
      },
    });
    upload.start();
  });
}

/** Uppy with its tus plugin, as its documentation begins; it is paused after the first part. */
async function sendByUppy() {
  const uppy = new Uppy().use(Tus, { endpoint, chunkSize: 1024 * 1024, headers: { Authorization: `Bearer ${token}` } });
  // Uppy asks files for their size, which Node's buffers call length.
  const data = Object.assign(body, { size: body.length });
  const id = uppy.addFile({ name: basename(file), type: "video/mp4", data });
  let isPaused = false;
  uppy.on("upload-progress", (_, { bytesUploaded }) => {
    if (isPaused || bytesUploaded < 1024 * 1024) return;
    isPaused = true;
    uppy.pauseResume(id);
    setTimeout(() => uppy.pauseResume(id), 100);
  });
  const { successful, failed } = await uppy.upload();
  if (failed.length) throw new Error(failed[0].error);
  return successful[0].tus?.uploadUrl ?? successful[0].uploadURL;
}

process.stdout.write(`${await (way === "uppy" ? sendByUppy() : send())}\n`);
process.exit(0);
