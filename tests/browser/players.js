/** Four players that others wrote, behind one face: `await players[NAME](url)` gives a `Player`. */

window.failures = []; // what ended or disturbed playback

/** Load a script of npm's; the page's own server has it. */
function script(path) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement("script"), { src: path, onload: resolve });
    element.onerror = () => reject(new Error(`${path} is not there`));
    document.head.append(element);
  });
}

/** A play link opens without one, and its answers allow no credentials. */
const needsSession = (url) => !url.includes("/api/play/");
const note = (kind, detail) => window.failures.push(`${kind}: ${detail}`);
const sameLanguage = (wanted) => (track) => (track.lang ?? track.language).split("-")[0] === wanted;

/** `languages()`, `speak(language)`, `spoken()`, `subtitle(language or null)`; all about `video`. */
async function openHls(path, url) {
  await script(path);
  const hls = new Hls({ xhrSetup: (request) => (request.withCredentials = needsSession(url)) });
  hls.on(Hls.Events.ERROR, (_, error) => error.fatal && note(error.type, error.details));
  const ready = new Promise((resolve) => hls.once(Hls.Events.MANIFEST_PARSED, resolve));
  hls.loadSource(url);
  hls.attachMedia(video);
  await ready;
  return {
    version: Hls.version,
    languages: () => hls.audioTracks.map((track) => track.lang),
    speak: (language) => (hls.audioTrack = hls.audioTracks.findIndex(sameLanguage(language))),
    spoken: () => hls.audioTracks[hls.audioTrack]?.lang,
    subtitle(language) {
      hls.subtitleTrack = language === null ? -1 : hls.subtitleTracks.findIndex(sameLanguage(language));
      hls.subtitleDisplay = language !== null;
    },
  };
}

async function openShaka(url) {
  await script("/npm/shaka-player/dist/shaka-player.compiled.js");
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  await player.attach(video);
  player.addEventListener("error", ({ detail }) => detail.severity === 2 && note("shaka", detail.code));
  player.getNetworkingEngine().registerRequestFilter((_, request) => (request.allowCrossSiteCredentials = needsSession(url)));
  await player.load(url);
  return {
    version: shaka.Player.version,
    languages: () => [...new Set(player.getVariantTracks().map((track) => track.language))],
    speak: (language) => player.selectAudioTrack(player.getAudioTracks().find(sameLanguage(language))),
    spoken: () => player.getVariantTracks().find((track) => track.active)?.language,
    subtitle: (language) => player.selectTextTrack(player.getTextTracks().find(sameLanguage(language)) ?? null),
  };
}

async function openVideoJs(url) {
  await script("/npm/video.js/dist/video.js");
  videojs.log.level("error");
  videojs.Vhs.xhr.onRequest((options) => Object.assign(options, { withCredentials: needsSession(url) }));
  const vhs = { overrideNative: true, withCredentials: needsSession(url) };
  const player = videojs(video, { html5: { vhs, nativeAudioTracks: false, nativeTextTracks: true }, controls: false });
  window.video = player.el().querySelector("video");
  player.on("error", () => note("video.js", player.error()?.message));
  player.src({ src: url, type: "application/vnd.apple.mpegurl" });
  // Of a film that still grows it loads nothing before it is to play.
  await Promise.all([new Promise((resolve) => player.one("loadedmetadata", resolve)), player.play()]);
  const tracks = () => Array.from(player.audioTracks()) // a list without an iterator
  return {
    version: videojs.VERSION,
    languages: () => tracks().map((track) => track.language),
    speak: (language) => (tracks().find(sameLanguage(language)).enabled = true),
    spoken: () => tracks().find((track) => track.enabled)?.language,
    subtitle(language) {
      for (const track of Array.from(player.remoteTextTracks())) {
        track.mode = language !== null && sameLanguage(language)(track) ? "showing" : "disabled";
      }
    },
  };
}

window.players = {
  "hls.js": (url) => openHls("/npm/hls.js/dist/hls.js", url),
  "hls.js 1.4": (url) => openHls("/npm/hls.js-1.4/dist/hls.js", url),
  shaka: openShaka,
  "video.js": openVideoJs,
};

window.openWith = (name, url) =>
  window.players[name](url).then((player) => {
    window.player = player;
    return window.video.play();
  });

window.shownWords = () =>
  [...window.video.textTracks]
    .filter((track) => track.mode === "showing")
    .flatMap((track) => [...(track.activeCues ?? [])])
    .map((cue) => cue.text)
    .join();

/** The loudest frequency that comes out of the film now, in hertz. */
window.heard = async () => {
  window.ear ??= listen();
  await window.ear.context.resume();
  const levels = new Float32Array(window.ear.frequencyBinCount);
  window.ear.getFloatFrequencyData(levels);
  const loudest = levels.indexOf(Math.max(...levels));
  return Math.max(...levels) < -90 ? 0 : (loudest * window.ear.context.sampleRate) / window.ear.fftSize;
};

function listen() {
  window.video.muted = false;
  const context = new AudioContext();
  const ear = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  const silence = new GainNode(context, { gain: 0 });
  context.createMediaElementSource(window.video).connect(ear).connect(silence).connect(context.destination);
  return ear;
}
