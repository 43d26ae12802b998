"""Every class that the W3C feed validator's tests name, and why none of them is said of a feed of ours."""

from __future__ import annotations

from typing import Final

_HELD: Final = (
    "AvoidNamespacePrefix BadCharacters CharacterData ContainsHTML ContainsRelRef DangerousStyleAttr "
    "DuplicateAtomLink DuplicateElement DuplicateEntries DuplicateUpdated DuplicateValue "
    "InvalidBooleanAttribute InvalidFloat InvalidFullLink InvalidIntegerAttribute InvalidLanguage "
    "InvalidLink InvalidMIMEAttribute InvalidMIMEType InvalidNonNegativeInteger InvalidPositiveInteger "
    "InvalidRFC2822Date InvalidRFC3339Date InvalidTextType InvalidURLAttribute InvalidValue "
    "MisplacedItem MisplacedMetadata MissingAttribute MissingDCLanguage MissingElement MissingEncoding "
    "MissingHref MissingSelf MissingSourceElement MissingTextualContent NeedDescriptionBeforeContent "
    "NonCanonicalURI NotBlank NotHtml ProblematicalRFC822Date RelativeSelf SAXError SecurityRisk "
    "SecurityRiskAttr UndefinedElement UnexpectedAttribute UnexpectedText UnexpectedWhitespace "
    "UnregisteredAtomLinkRel"
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
    "SchemeNotIANARegistered": "NonCanonicalURI",
    "UnknownEncoding": "MissingEncoding",
    "ObscureEncoding": "MissingEncoding",
    "InvalidEncoding": "MissingEncoding",
    "UnicodeError": "SAXError",
    "UndeclaredPrefix": "SAXError",
    "UndefinedNamedEntity": "SAXError",
    "BadXmlVersion": "SAXError",
    "MissingNamespace": "UndefinedElement",
    "UnknownNamespace": "UndefinedElement",
    "UnsupportedNamespace": "UndefinedElement",
    "InvalidNamespace": "UndefinedElement",
    "MediaRssNamespace": "UndefinedElement",
    "NotInANamespace": "UndefinedElement",
    "NonstdPrefix": "AvoidNamespacePrefix",
    "ReservedPrefix": "AvoidNamespacePrefix",
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
        "AvoidTextInput EmailFormat ImageTitleDoesntMatch ImageUrlFormat InvalidAddrSpec InvalidContact"
        " InvalidFormComponentName InvalidHeight InvalidHour InvalidInteger InvalidWidth IntegerOverflow"
        " NotEnoughHoursInTheDay UnknownHost"
    ),
    "of archives (RFC 5005), which there are none of": (
        "ArchiveIncomplete CurrentNotSelfInCompleteFeed FeedHistoryRelInEntry FeedRelInCompleteFeed"
        " MissingCurrentInArchive"
    ),
    "of extensions that we never write": (
        "CommentRSS CoordComma InvalidAccessRestrictionRel InvalidCountryCode InvalidCreditRole"
        " InvalidDuration InvalidItunesChannelType InvalidItunesEpisodeType InvalidKeywords InvalidLatitude"
        " InvalidLongitude InvalidMediaExpression InvalidMediaHash InvalidMediaRating InvalidMediaTextType"
        " InvalidMetaName InvalidNPTTime InvalidTrueFalse InvalidUpdatePeriod InvalidYesNo"
        " InvalidYesNoClean InvalidZeroOne MissingByAndWhenAttrs MissingItunesElement MissingItunesEmail"
        " MissingRecommendedAttribute ObsoleteItunesCategory QuestionableUsage SinceAfterUntil SlashDate"
        " TooLong TooMany"
    ),
    "of OPML, KML, OpenSearch or RDF": (
        "Deprecated InvalidAngle InvalidColor InvalidKmlCoordList InvalidKmlLatitude InvalidKmlLongitude"
        " InvalidKmlUnits InvalidLocalRole InvalidOPMLVersion InvalidOutlineType InvalidOutlineVersion"
        " InvalidRDF InvalidRefreshMode InvalidStyleState InvalidSyndicationRight InvalidViewRefreshMode"
        " MissingUrlAttr ShouldIncludeExample UndeterminableVocabulary"
    ),
}
"""Why a class cannot concern us."""
