/** What the stand-ins for the three front ends share: fetch with credentials, and hls.js. */

window.failures = []; // every error of hls.js that ended playback

window.call = async (method, url, body, headers = {}) => {
  const answer = await fetch(url, {
    method,
    credentials: "include",
    headers: { "Content-Type": "application/json", ...headers },
    body: body === null ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, redirected: answer.redirected, body: await answer.json().catch(() => null) };
};

window.playHls = (url) => {
  window.hls?.destroy();
  window.hls = new Hls({ xhrSetup: (request) => (request.withCredentials = true) });
  window.hls.on(Hls.Events.ERROR, (_, error) => error.fatal && window.failures.push(error.details));
  window.hls.loadSource(url);
  window.hls.attachMedia(video);
  return video.play();
};
