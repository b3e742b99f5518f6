// Reads {metadata, appId, serviceUrl, tokens: {name: token}, cards: [card]} and writes what Microsoft's SDK thinks of each.
"use strict";
const { AuthenticationConstants, ChannelValidation, SimpleCredentialProvider } = require("botframework-connector");
const { AdaptiveCard, SerializationContext } = require("adaptivecards/dist/adaptivecards.js"); // its ES modules miss their file endings

console.error = () => {}; // the SDK prints every refused token

async function accepts(given, token) {
    const credentials = new SimpleCredentialProvider(given.appId, "");
    try {
        await ChannelValidation.authenticateChannelTokenWithServiceUrl(
            `Bearer ${token}`, credentials, given.serviceUrl, "msteams");
        return true;
    } catch {
        return false;
    }
}

function faults(content) {
    const card = new AdaptiveCard();
    const reading = new SerializationContext();
    card.parse(content, reading);
    const read = Array.from({ length: reading.eventCount }, (_, n) => reading.getEventAt(n).message);
    return [...read, ...card.validateProperties().validationEvents.map((event) => event.message)];
}

async function main() {
    let text = "";
    for await (const piece of process.stdin) text += piece;
    const given = JSON.parse(text);
    ChannelValidation.OpenIdMetadataEndpoint = given.metadata;
    const accepted = {};
    for (const [name, token] of Object.entries(given.tokens)) accepted[name] = await accepts(given, token);
    process.stdout.write(JSON.stringify({ accepted, faults: given.cards.map(faults) }));
}

main();
