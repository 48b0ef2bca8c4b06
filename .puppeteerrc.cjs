// Installing the package must never fail for lack of a browser: scripts/setup.js fetches one when it is needed.
module.exports = { skipDownload: true };
