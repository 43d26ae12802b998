"""Every class that the W3C feed validator's tests name, and why none of them is said of a feed of ours."""

from __future__ import annotations

from typing import Final

_HELD: Final = (
    "AvoidNamespacePrefix BadCharacters CharacterData ContainsHTML ContainsRelRef DangerousStyleAttr "
    "DuplicateAtomLink DuplicateElement DuplicateEntries DuplicateUpdated DuplicateValue "
    "InvalidBooleanAttribute InvalidContact InvalidDuration InvalidFloat InvalidFullLink "
    "InvalidIntegerAttribute InvalidItunesChannelType InvalidItunesEpisodeType InvalidLanguage "
    "InvalidLink InvalidMIMEAttribute InvalidMIMEType InvalidMediaRating InvalidNonNegativeInteger "
    "InvalidPositiveInteger InvalidRFC2822Date InvalidRFC3339Date InvalidTextType InvalidTrueFalse "
    "InvalidURLAttribute InvalidValue MisplacedItem MisplacedMetadata MissingAttribute MissingDCLanguage "
    "MissingElement MissingEncoding MissingHref MissingItunesElement MissingItunesEmail MissingSelf "
    "MissingSourceElement MissingTextualContent NeedDescriptionBeforeContent NonCanonicalURI NotBlank "
    "NotHtml ObsoleteItunesCategory ProblematicalRFC822Date RelativeSelf SAXError SecurityRisk "
    "SecurityRiskAttr TooLong UndefinedElement UnexpectedAttribute UnexpectedText UnexpectedWhitespace "
    "UnregisteredAtomLinkRel UnsupportedNamespace"
)
HELD: Final = frozenset(_HELD.split())
"""Said by tests/validator.py itself."""

SAME_AS: Final = {
    "AttrNotBlank": "MissingAttribute",
    "ContainsUndeclaredHTML": "ContainsHTML",
    "DuplicateEnclosure": "DuplicateElement",
    "InvalidHttpGUID": "NonCanonicalURI",
    "InvalidIRI": "InvalidLink",
    "InvalidNSS": "NonCanonicalURI",
    "InvalidPermalink": "InvalidBooleanAttribute",
    "InvalidURN": "NonCanonicalURI",
    "InvalidUriChar": "InvalidFullLink",
    "ItemMustContainTitleOrDescription": "MissingElement",
    "MissingDescription": "MissingElement",
    "MissingLink": "MissingElement",
    "MissingTitle": "MissingElement",
    "NotSufficientlyUnique": "NonCanonicalURI",
    "InvalidTAG": "NonCanonicalURI",
    "InvalidAddrSpec": "InvalidContact",
    "InvalidYesNoClean": "InvalidTrueFalse",
    "SchemeNotIANARegistered": "NonCanonicalURI",
    "UnknownEncoding": "MissingEncoding",
    "ObscureEncoding": "MissingEncoding",
    "InvalidEncoding": "MissingEncoding",
    "UnicodeError": "SAXError",
    "UndeclaredPrefix": "SAXError",
    "UndefinedNamedEntity": "SAXError",
    "BadXmlVersion": "SAXError",
    "MissingNamespace": "UndefinedElement",
    "UnknownNamespace": "UnsupportedNamespace",
    "InvalidNamespace": "UndefinedElement",
    "MediaRssNamespace": "UnsupportedNamespace",
    "NotInANamespace": "UndefinedElement",
    "NonstdPrefix": "UnsupportedNamespace",
    "ReservedPrefix": "UnsupportedNamespace",
    "InvalidDoctype": "MissingEncoding",
    "DuplicateDescriptionSemantics": "UndefinedElement",
    "DuplicateItemSemantics": "UndefinedElement",
    "DuplicateSemantics": "UndefinedElement",
    "UriNotIri": "InvalidFullLink",
    "NoBlink": "SecurityRisk",
    "UseOfExtensionAttr": "UnexpectedAttribute",
}
"""What is the same mistake in a feed like ours, or is made impossible by the same rule."""

ELSEWHERE: Final = {
    "names no mistake": "Error Warning",
    "of dates that articles truly have: an old one stays, one ahead by a day at most": "ImplausibleDate",
    "of where a document was asked for: its self link is its address": "SelfDoesntMatchLocation",
    "of xml:base, which we never write": "SameDocumentReference",
    "of Atom's xhtml or media types as content: ours is html": (
        "HtmlFragment MissingXhtmlDiv NotEscaped NotInline MissingSummary"
    ),
    "of a date form that we never write": "InvalidW3CDTFDate UseZeroForMidnight",
    "of elements of RSS that we never write": (
        "AvoidTextInput EmailFormat ImageTitleDoesntMatch ImageUrlFormat"
        " InvalidFormComponentName InvalidHeight InvalidHour InvalidInteger InvalidWidth IntegerOverflow"
        " NotEnoughHoursInTheDay UnknownHost"
    ),
    "of archives (RFC 5005), which there are none of": (
        "ArchiveIncomplete CurrentNotSelfInCompleteFeed FeedHistoryRelInEntry FeedRelInCompleteFeed"
        " MissingCurrentInArchive"
    ),
    "of extensions that we never write": (
        "CommentRSS CoordComma InvalidAccessRestrictionRel InvalidCountryCode InvalidCreditRole"
        " InvalidKeywords InvalidLatitude InvalidLongitude InvalidMediaExpression InvalidMediaHash"
        " InvalidMediaTextType InvalidMetaName InvalidNPTTime InvalidUpdatePeriod InvalidYesNo"
        " InvalidZeroOne MissingByAndWhenAttrs MissingRecommendedAttribute QuestionableUsage"
        " SinceAfterUntil SlashDate TooMany"
    ),
    "of OPML, KML, OpenSearch or RDF": (
        "Deprecated InvalidAngle InvalidColor InvalidKmlCoordList InvalidKmlLatitude InvalidKmlLongitude"
        " InvalidKmlUnits InvalidLocalRole InvalidOPMLVersion InvalidOutlineType InvalidOutlineVersion"
        " InvalidRDF InvalidRefreshMode InvalidStyleState InvalidSyndicationRight InvalidViewRefreshMode"
        " MissingUrlAttr ShouldIncludeExample UndeterminableVocabulary"
    ),
}
"""Why a class cannot concern us."""
